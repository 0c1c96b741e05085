"""The golden answer of a model: one picture and what the shipped graph says about it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from training.detections import Detections, Network, Reading
from training.materials import Materials
from training.packages import Package, package_library
from training.scene_folder import HELD_OUT_SCENES, scene
from training.shelf_crops import HEIGHT, WIDTH, packshot, stretched
from training.textures import shrunk

Embedder = Callable[[np.ndarray], np.ndarray]  # (n, 3, 128, 96) float32 -> (n, 128)

MOST_BYTES = 300_000
LIKED_PRODUCTS = (15, 70)  # a golden photo has something to find, but not everything
AGREEMENT = 0.98  # share of boxes that must not depend on the host's precision
TOLERANCE_PIXELS, TOLERANCE_COSINE = 2.0, 0.98


def write_detector_golden(
    folder: Path, networks: tuple[Network, Network], materials: Materials, reading: Reading
) -> None:
    """Keep a held-out shelf, at the very size the detector sees, and the answer to it.

    Hosts compute in different precision, decoders of JPEG round differently. The photo is one on
    which neither matters: both networks, the same graph in two precisions, give the same boxes.
    """
    library = package_library(HELD_OUT_SCENES.library_seed, HELD_OUT_SCENES.brands, materials)
    for photo in _fair_scenes(library, materials, max(reading.long_sides)):
        kept = _written(folder / "golden.jpg", photo)
        found, other = reading(networks[0], kept), reading(networks[1], _shaken(kept))
        if _agree(found, other):
            (folder / "golden.json").write_text(_boxes_answer(found))
            return
    raise LookupError("on every held-out scene the answer depends on the host")


def _shaken(photo: np.ndarray) -> np.ndarray:
    """Move every value by up to two, as another decoder would."""
    noise = np.random.default_rng(0).integers(-2, 3, photo.shape)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def _boxes_answer(found: Detections) -> str:
    answer = {
        "boxes": np.round(found.boxes.astype(float), 1).tolist(),
        "scores": np.round(found.scores.astype(float), 3).tolist(),
        "labels": found.labels.tolist(),
        "tolerance_pixels": TOLERANCE_PIXELS,
    }
    return json.dumps(answer) + "\n"


def _agree(one: Detections, other: Detections) -> bool:
    """The same boxes with the same labels, well within the tolerance."""
    if not len(one.boxes) or not len(other.boxes):
        return False
    apart = np.abs(one.boxes[:, None] - other.boxes[None]).max(2)
    same = (apart < TOLERANCE_PIXELS * 0.75) & (one.labels[:, None] == other.labels[None])
    return min(same.any(1).mean(), same.any(0).mean()) >= AGREEMENT


def write_embedder_golden(folder: Path, embed: Embedder, materials: Materials) -> None:
    """Keep one held-out packshot, twice as large as the input, and its embedding."""
    package = package_library(HELD_OUT_SCENES.library_seed, 1, materials)[0]
    large = cv2.resize(packshot(package), (WIDTH * 2, HEIGHT * 2))
    crop = stretched(_written(folder / "golden.jpg", large))
    embedding = embed_crops(embed, [crop])[0].astype(float)
    answer = {
        "embedding": np.round(embedding, 5).tolist(),
        "tolerance_cosine": TOLERANCE_COSINE,
    }
    (folder / "golden.json").write_text(json.dumps(answer) + "\n")


def embed_crops(embed: Embedder, crops: list[np.ndarray]) -> np.ndarray:
    """Embed (128, 96, 3) uint8 crops in batches of 32: (n, 128)."""
    batches = [np.stack(crops[i : i + 32]) for i in range(0, len(crops), 32)]
    return np.concatenate(
        [embed(np.ascontiguousarray(b.transpose(0, 3, 1, 2), np.float32)) for b in batches]
    )


def _fair_scenes(
    library: list[Package], materials: Materials, long_side: int
) -> Iterator[np.ndarray]:
    """Held-out scenes with a fair number of products, scaled to the long side."""
    for number in range(HELD_OUT_SCENES.scenes):
        drawn = scene(HELD_OUT_SCENES, number, library, materials)
        products = int((drawn.labels == 0).sum())
        if LIKED_PRODUCTS[0] <= products <= LIKED_PRODUCTS[1]:
            yield shrunk(drawn.photo, long_side)


def _written(path: Path, photo: np.ndarray) -> np.ndarray:
    """Write a JPEG below MOST_BYTES and return what a reader will see."""
    for quality in (92, 85, 75, 60):
        _, data = cv2.imencode(".jpg", photo[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= MOST_BYTES:
            break
    path.write_bytes(data.tobytes())
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])
