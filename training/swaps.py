"""Facings exchanged for others: the same shelf with other products on it.

Source of the idea: Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method for
Instance Segmentation", 2021; here a product goes only where one stood, so shelves stay shelves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.shelf_photos import ShelfPhoto

SMALLEST = 16  # pixels, short side of a facing that is worth passing on
LIKE_SHAPE = 0.35  # largest difference in log(width / height)
LIGHTER = (0.6, 1.5)  # how far a facing is brought to the light of its new place
SEAM = 0.03  # of the short side, blended at the border


@dataclass(frozen=True)
class Facings:
    """Cut-outs of products.

    Attributes:
        cuts: (h, w, 3) uint8 RGB each.
        shapes: (n,) log(width / height).
    """

    cuts: list[np.ndarray]
    shapes: np.ndarray


def facings_of(photos: Sequence[ShelfPhoto]) -> Facings:
    """Cut every product out of the photos."""
    cuts = []
    for photo in photos:
        for x1, y1, x2, y2 in np.round(photo.boxes[photo.labels == 0]).astype(int).clip(0):
            cut = photo.levels[0][y1:y2, x1:x2]
            if min(cut.shape[:2]) >= SMALLEST:
                cuts.append(cut)
    return Facings(cuts, np.array([np.log(cut.shape[1] / cut.shape[0]) for cut in cuts]))


def exchanged(
    rng: np.random.Generator,
    pixels: np.ndarray,
    products: np.ndarray,
    facings: Facings,
    share: float,
) -> np.ndarray:
    """Put other facings of like shape over a share of the products.

    Args:
        rng: decides which.
        pixels: (h, w, 3) uint8 RGB; left as it is.
        products: (n, 4) boxes, pixels.
        facings: to take from.
        share: of the products to cover, 0..1.

    Returns:
        A new array like `pixels`.
    """
    drawn = pixels.copy()
    for x1, y1, x2, y2 in np.round(products).astype(int).clip(0):
        place = drawn[y1:y2, x1:x2]
        if rng.random() >= share or min(place.shape[:2]) < SMALLEST // 2:
            continue
        cut = _like(rng, np.log(place.shape[1] / place.shape[0]), facings)
        if cut is not None:
            place[:] = _fitted(cut, place)
    return drawn


def _like(rng: np.random.Generator, shape: float, facings: Facings) -> np.ndarray | None:
    near = np.flatnonzero(np.abs(facings.shapes - shape) < LIKE_SHAPE)
    if not len(near):
        return None
    cut = facings.cuts[near[int(rng.integers(len(near)))]]
    return cut[:, ::-1] if rng.random() < 0.5 else cut


def _fitted(cut: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Scale a cut-out to its place, take over the light there, blend the seam."""
    height, width = place.shape[:2]
    how = cv2.INTER_AREA if cut.shape[0] > height else cv2.INTER_LINEAR
    new = cv2.resize(cut, (width, height), interpolation=how).astype(np.float32)
    new *= np.clip((place.mean() + 1) / (new.mean() + 1), *LIGHTER)
    border = max(1, round(SEAM * min(height, width)))
    weight = np.full((height, width, 1), 0.5, np.float32)
    weight[border:-border, border:-border] = 1
    return (new * weight + place * (1 - weight)).clip(0, 255).astype(np.uint8)
