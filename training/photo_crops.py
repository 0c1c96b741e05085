"""Training crops of labelled real photos: few photos, so every crop of one looks different.

Turned, sheared, stretched, mirrored, recoloured, facings exchanged for others; sometimes four
small views side by side, as photos taken from far away show small products.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.detector_crops import PAD, SIDE, TYPICAL_SIDE, Crop, what_counts
from training.recolour import recoloured
from training.shelf_photos import ShelfPhoto
from training.swaps import Facings, exchanged

SCALES = (0.15, 2.0)  # of crop pixels to photo pixels
TURN, SHEAR, STRETCH = 3.0, 0.03, 0.1  # sigmas: degrees, share of a side, log(width / height)
EXCHANGES = 0.15  # of crops have facings exchanged,
EXCHANGED = (0.3, 1.0)  # so many of them
MOSAICS = 0.25  # of crops are four views
FAR = 0.55  # of the typical side, in each of the four


@dataclass(frozen=True)
class PhotoPool:
    """What crops are cut from: photos, and the facings that may be exchanged."""

    photos: Sequence[ShelfPhoto]
    facings: Facings


def photo_crop(rng: np.random.Generator, pool: PhotoPool) -> Crop:
    """Cut one training example."""
    if rng.random() >= MOSAICS:
        return _view(rng, pool, SIDE, TYPICAL_SIDE)
    half = SIDE // 2
    far = (TYPICAL_SIDE[0] * FAR, TYPICAL_SIDE[1] * FAR)
    views = [_view(rng, pool, half, far) for _ in range(4)]
    corners = [(0, 0), (half, 0), (0, half), (half, half)]
    boxes = [
        view.boxes + np.float32(corner * 2) for view, corner in zip(views, corners, strict=True)
    ]
    rows = [np.concatenate([v.pixels for v in pair], 1) for pair in (views[:2], views[2:])]
    return Crop(
        np.concatenate(rows), np.concatenate(boxes), np.concatenate([v.labels for v in views])
    )


def _view(
    rng: np.random.Generator, pool: PhotoPool, side: int, typical: tuple[float, float]
) -> Crop:
    photo = pool.photos[int(rng.integers(len(pool.photos)))]
    wanted = np.exp(rng.uniform(*np.log(typical)))
    scale = float(np.clip(wanted / photo.typical_side(), *SCALES))
    matrix = _camera(rng, photo.levels[0].shape, scale, side)
    boxes, labels = what_counts(_carried(photo.boxes, matrix), photo.labels, side)
    pixels, zoom = _level(rng, photo, pool.facings, scale)
    matrix[:, :2] /= zoom
    view = cv2.warpAffine(pixels, matrix, (side, side), borderValue=(PAD, PAD, PAD))
    return Crop(recoloured(rng, view), boxes, labels)


def _level(
    rng: np.random.Generator, photo: ShelfPhoto, facings: Facings, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Take the smallest level that does not have to be enlarged, perhaps with other facings.

    Returns:
        The level, and its size over that of the first: (x, y).
    """
    level = min(len(photo.levels) - 1, max(0, int(np.log2(1 / scale))))
    pixels = photo.levels[level]
    zoom = np.divide(pixels.shape[1::-1], photo.levels[0].shape[1::-1])
    if rng.random() < EXCHANGES:
        products = photo.boxes[photo.labels == 0] * np.tile(zoom, 2)
        pixels = exchanged(rng, pixels, products, facings, rng.choice(EXCHANGED))
    return pixels, zoom


def _camera(
    rng: np.random.Generator, shape: tuple[int, ...], scale: float, side: int
) -> np.ndarray:
    """Choose where the view looks and how it is held: (2, 3), photo pixels to view pixels."""
    turn, stretch = np.deg2rad(rng.normal(0, TURN)), np.exp(rng.normal(0, STRETCH))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    mirror = rng.choice([-1, 1])
    linear = rotation @ [[1, rng.normal(0, SHEAR)], [0, 1]]
    linear = linear @ np.diag([scale * stretch * mirror, scale / stretch])
    height, width = shape[:2]
    middle = [_within(rng, length, side / scale) for length in (width, height)]
    return np.column_stack([linear, side / 2 - linear @ middle])


def _within(rng: np.random.Generator, length: int, seen: float) -> float:
    """Choose the middle of a view that sees so many pixels of a length, little of it outside."""
    margin = min(seen * 0.4, length / 2)
    return rng.uniform(margin, length - margin)


def _carried(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Boxes around turned boxes: half way from the turned corners to the turned middles.

    Products rarely fill the corners of their boxes, so the hull of the corners is too large.
    """
    x1, y1, x2, y2 = boxes.T
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    corners = np.array([(x1, y1), (x2, y1), (x1, y2), (x2, y2)])
    middles = np.array([(x1, y), (x2, y), (x, y1), (x, y2)])
    hulls = [_hull(points, matrix) for points in (corners, middles)]
    return np.mean(hulls, 0, dtype=np.float32)


def _hull(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(4, 2, n) points to (n, 4) boxes around them, carried by the matrix."""
    moved = np.einsum("ij,pjn->pin", matrix[:, :2], points) + matrix[:, 2][None, :, None]
    return np.concatenate([moved.min(0), moved.max(0)]).T
