"""How well the embedder tells drawn SKUs apart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from training.packages import Package
from training.scene_folder import StoredScene
from training.shelf_crops import packshot, stretched

Embedder = Callable[[np.ndarray], np.ndarray]  # (n, 3, 128, 96) float32 -> (n, 128)

CROPS_PER_SCENE = 25
SMALLEST_CROP = (10, 16)  # pixels, width and height
UNKNOWN_SHARE = 0.3  # of the SKUs on a shelf that the gallery does not know


@dataclass(frozen=True)
class Matches:
    """Every query's nearest reference.

    Attributes:
        cosines: (n,) to the nearest reference.
        right: (n,) bool, the nearest reference is the query's SKU.
        known: (n,) bool, the gallery holds the query's SKU.
    """

    cosines: np.ndarray
    right: np.ndarray
    known: np.ndarray

    def figures(self) -> dict[str, float]:
        """Top-1 among the known, and how many queries there were."""
        return {
            "queries": len(self.right),
            "known": int(self.known.sum()),
            "top1": round(float(self.right[self.known].mean()), 3),
        }


def drawn_matches(
    embed: Embedder, library: list[Package], scenes: Iterable[StoredScene]
) -> Matches:
    """Look products of drawn scenes up among the packshots of their library."""
    rng = np.random.default_rng(0)
    crops, skus = [], []
    for scene in scenes:
        usable = _usable(scene)
        photo = scene.photo()
        for index in rng.permutation(usable)[:CROPS_PER_SCENE]:
            crops.append(_crop(photo, scene.boxes[index]))
            skus.append(int(scene.skus[index]))
    told = rng.random(len(library)) >= UNKNOWN_SHARE
    references = embed_crops(embed, [packshot(package) for package in library])
    queries = embed_crops(embed, crops)
    return _matches(queries, np.array(skus), references[told], np.flatnonzero(told))


def embed_crops(embed: Embedder, crops: list[np.ndarray]) -> np.ndarray:
    """Embed (128, 96, 3) uint8 crops in batches of 32: (n, 128)."""
    batches = [np.stack(crops[i : i + 32]) for i in range(0, len(crops), 32)]
    return np.concatenate(
        [embed(np.ascontiguousarray(b.transpose(0, 3, 1, 2), np.float32)) for b in batches]
    )


def _usable(scene: StoredScene) -> np.ndarray:
    sides = scene.boxes[:, 2:] - scene.boxes[:, :2]
    return np.flatnonzero((scene.labels == 0) & (sides >= SMALLEST_CROP).all(1))


def _crop(photo: np.ndarray, box: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = (max(0, round(float(value))) for value in box)
    return stretched(photo[y1:y2, x1:x2])


def _matches(
    queries: np.ndarray, wanted: np.ndarray, references: np.ndarray, skus: np.ndarray
) -> Matches:
    cosines = queries @ references.T
    nearest = cosines.argmax(1)
    return Matches(cosines.max(1), skus[nearest] == wanted, np.isin(wanted, skus))
