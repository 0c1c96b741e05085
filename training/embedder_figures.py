"""How well the embedder tells SKUs apart, and from which cosine on it may be believed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from bench.accuracy.photos import PRODUCT, LabelledShelf
from training.packages import Package
from training.scene_folder import StoredScene
from training.shelf_crops import packshot, stretched

Embedder = Callable[[np.ndarray], np.ndarray]  # (n, 3, 128, 96) float32 -> (n, 128)

CROPS_PER_SCENE = 25
SMALLEST_CROP = (10, 16)  # pixels, width and height
UNKNOWN_SHARE = 0.3  # of the SKUs on a shelf that the gallery does not know
SHARED_SKUS = 2  # two real photos are compared from so many common SKUs on
THRESHOLDS = np.arange(0.2, 0.96, 0.01)


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

    def at(self, threshold: float) -> dict[str, float]:
        """Precision of what is named, recall of what is known, unknowns wrongly named.

        Precision depends on how many products the gallery does not know. It is given for
        UNKNOWN_SHARE of them, whatever the share among these queries.
        """
        named = self.cosines >= threshold
        right = float((named & self.right)[self.known].mean())
        wrong = float((named & ~self.right)[self.known].mean())
        strange = float(named[~self.known].mean())
        among = (1 - UNKNOWN_SHARE) * (right + wrong) + UNKNOWN_SHARE * strange
        return {
            "threshold": round(float(threshold), 2),
            "precision": round((1 - UNKNOWN_SHARE) * right / among, 3) if among else 1.0,
            "recall": round(right, 3),
            "unknown_named": round(strange, 3),
        }

    def threshold_for(self, precision: float) -> float:
        """The lowest threshold from which on what is named is right that often."""
        good = [t for t in THRESHOLDS if self.at(t)["precision"] >= precision]
        return round(float(min(good, default=THRESHOLDS[-1])), 2)


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


def real_matches(embed: Embedder, photos: list[LabelledShelf]) -> Matches:
    """Look products of one real photo up among one crop per SKU of another, for every pair."""
    embedded = [_embedded(embed, photo) for photo in photos]
    found = [
        _matches(queries, wanted, *_one_per_sku(references, skus))
        for i, (references, skus) in enumerate(embedded)
        for j, (queries, wanted) in enumerate(embedded)
        if i != j and len(set(skus) & set(wanted)) >= SHARED_SKUS
    ]
    return Matches(
        np.concatenate([match.cosines for match in found]),
        np.concatenate([match.right for match in found]),
        np.concatenate([match.known for match in found]),
    )


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


def _embedded(embed: Embedder, photo: LabelledShelf) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings and SKUs of the named products, the largest first."""
    boxes, skus = photo.of(PRODUCT), photo.facing_skus
    named = [i for i, sku in enumerate(skus) if sku]
    named.sort(key=lambda i: -float(np.prod(boxes[i, 2:] - boxes[i, :2])))
    if not named:
        return np.zeros((0, 1), np.float32), np.array([], str)
    pixels = cv2.imread(str(photo.path), cv2.IMREAD_COLOR_RGB)
    crops = [_crop(pixels, boxes[i]) for i in named]
    return embed_crops(embed, crops), np.array([skus[i] for i in named])


def _one_per_sku(embeddings: np.ndarray, skus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, first = np.unique(skus, return_index=True)
    return embeddings[first], skus[first]


def _matches(
    queries: np.ndarray, wanted: np.ndarray, references: np.ndarray, skus: np.ndarray
) -> Matches:
    cosines = queries @ references.T
    nearest = cosines.argmax(1)
    return Matches(cosines.max(1), skus[nearest] == wanted, np.isin(wanted, skus))
