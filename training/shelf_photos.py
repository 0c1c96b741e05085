"""Labelled real photos to learn from: the benchmark's, or a folder like it."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.accuracy.photos import PRODUCT, LabelledShelf, labelled_shelves
from training.shelves import IGNORED
from training.textures import shrunk

LONG_SIDE = 1600  # pixels kept; no crop shows a photo larger
LEVELS = 4  # the photo and its halves: drawing small from them is quick and does not alias


@dataclass(frozen=True)
class ShelfPhoto:
    """One labelled photo, reduced.

    Attributes:
        name: file name.
        scene: photos of the same shelf share it.
        levels: the photo, long side at most LONG_SIDE, and its halves: (h, w, 3) uint8 RGB each.
        boxes: (n, 4) float32, x1 y1 x2 y2, pixels of the first level.
        labels: (n,) int64, index into LABELS, -1 ignored.
    """

    name: str
    scene: str
    levels: tuple[np.ndarray, ...]
    boxes: np.ndarray
    labels: np.ndarray

    def typical_side(self) -> float:
        """Median over the products of the square root of their area, pixels."""
        products = self.boxes[self.labels == PRODUCT]
        return float(np.median(np.sqrt(np.prod(products[:, 2:] - products[:, :2], 1))))


def shelf_photos(folder: Path) -> list[ShelfPhoto]:
    """Read all photos, in order of their names."""
    return [_photo(shelf) for shelf in labelled_shelves(folder)]


def _photo(shelf: LabelledShelf) -> ShelfPhoto:
    whole = cv2.imread(str(shelf.path), cv2.IMREAD_COLOR_RGB)
    pixels = shrunk(whole, min(LONG_SIDE, max(whole.shape[:2])))
    zoom = np.divide(pixels.shape[1::-1], whole.shape[1::-1])
    once = ~shelf.ignored | (shelf.labels == PRODUCT)  # ignored regions are there for every label
    return ShelfPhoto(
        name=shelf.name,
        scene=shelf.scene,
        levels=_halves(pixels),
        boxes=(shelf.boxes[once] * np.tile(zoom, 2)).astype(np.float32),
        labels=np.where(shelf.ignored, IGNORED, shelf.labels)[once].astype(np.int64),
    )


def _halves(pixels: np.ndarray) -> tuple[np.ndarray, ...]:
    levels = [pixels]
    while len(levels) < LEVELS:
        height, width = levels[-1].shape[:2]
        half = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        levels.append(half)
    return tuple(levels)
