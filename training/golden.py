"""The golden answer of a model: one picture and what the shipped graph says about it."""

import json
from pathlib import Path

import cv2
import numpy as np

from training.detections import Network, detect
from training.detector import LABELS, STRIDE
from training.embedder_figures import Embedder, embed_crops
from training.materials import Materials
from training.packages import Package, package_library
from training.scene_folder import HELD_OUT_SCENES, scene
from training.shelf_crops import HEIGHT, WIDTH, packshot, stretched
from training.textures import shrunk

MOST_BYTES = 300_000
LIKED_PRODUCTS = (25, 70)  # a golden photo has something to find, but not everything
TOLERANCE_PIXELS, TOLERANCE_COSINE = 2.0, 0.98


def write_detector_golden(
    folder: Path, network: Network, materials: Materials, long_side: int, score: float
) -> None:
    """Draw a held-out shelf at the very size the detector sees, and note its answer."""
    library = package_library(HELD_OUT_SCENES.library_seed, HELD_OUT_SCENES.brands, materials)
    photo = _golden_scene(library, materials, long_side)
    photo = _written(folder / "golden.jpg", photo)
    found = detect(network, photo, long_side, stride=STRIDE, score=score)
    answer = {
        "boxes": np.round(found.boxes.astype(float), 1).tolist(),
        "scores": np.round(found.scores.astype(float), 3).tolist(),
        "labels": [LABELS[label] for label in found.labels],
        "tolerance_pixels": TOLERANCE_PIXELS,
    }
    (folder / "golden.json").write_text(json.dumps(answer) + "\n")


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


def _golden_scene(library: list[Package], materials: Materials, long_side: int) -> np.ndarray:
    """The first held-out scene with a fair number of products, scaled to the long side."""
    for number in range(HELD_OUT_SCENES.scenes):
        drawn = scene(HELD_OUT_SCENES, number, library, materials)
        products = int((drawn.labels == 0).sum())
        if LIKED_PRODUCTS[0] <= products <= LIKED_PRODUCTS[1]:
            return shrunk(drawn.photo, long_side)
    raise LookupError("no held-out scene has a fair number of products")


def _written(path: Path, photo: np.ndarray) -> np.ndarray:
    """Write a JPEG below MOST_BYTES and return what a reader will see."""
    for quality in (92, 85, 75, 60):
        _, data = cv2.imencode(".jpg", photo[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= MOST_BYTES:
            break
    path.write_bytes(data.tobytes())
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])
