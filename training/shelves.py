"""Synthetic shelf photos with their truth: products with SKU, price tags, gaps, what to ignore."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.camera import expose, perspective
from training.materials import Materials
from training.packages import Package
from training.plane import BACK_ROW, Plane
from training.shelf_rows import draw_plane
from training.stores import random_store

IGNORED = -1  # label of boxes that are neither hits nor misses
FACING_SHOWN, IGNORED_SHOWN = 0.5, 0.1  # visible share of an item to be truth, to be ignored
SMALLEST_SIDE = 3  # pixels


@dataclass(frozen=True)
class ShelfScene:
    """One synthetic photo.

    Attributes:
        photo: (h, w, 3) uint8 RGB.
        boxes: (n, 4) float32, x1 y1 x2 y2, pixels, tight around what is visible.
        labels: (n,) int64, 0 product, 1 price tag, 2 gap, -1 ignored.
        skus: (n,) int64, index into the library, -1 = none.
        prices: n strings, "" for everything but price tags.
    """

    photo: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    skus: np.ndarray
    prices: tuple[str, ...]


def draw_scene(
    rng: np.random.Generator,
    library: list[Package],
    size: tuple[int, int],
    materials: Materials,
) -> ShelfScene:
    """Draw one photo of `size` (width, height) with SKUs of the library."""
    plane = draw_plane(rng, library, size, random_store(rng, materials))
    matrix = perspective(rng, plane.owners.shape[::-1], size)
    view = cv2.warpPerspective(plane.pixels, matrix, size, flags=cv2.INTER_LINEAR)
    owners = cv2.warpPerspective(plane.owners, matrix, size, flags=cv2.INTER_NEAREST)
    boxes, labels, kept = visible_boxes(plane, owners, matrix)
    return ShelfScene(
        photo=expose(rng, view),
        boxes=boxes,
        labels=labels,
        skus=np.array([plane.items[i].sku for i in kept], np.int64),
        prices=tuple(plane.items[i].text for i in kept),
    )


def visible_boxes(
    plane: Plane, owners: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Read the truth off the pixels.

    Args:
        plane: what was drawn.
        owners: (h, w) int16, owners of the photo's pixels.
        matrix: (3, 3) homography from plane to photo.

    Returns:
        boxes (n, 4) float32 pixels, labels (n,) int64, and the indices of the items kept.
    """
    boxes, labels, kept = [], [], []
    counts = np.bincount(owners.ravel(), minlength=len(plane.items) + 1)[1:]
    back = np.linalg.inv(matrix)
    for owner, box in _extents(owners):
        index = owner - 1
        item = plane.items[index]
        shown = counts[index] / (plane.areas[index] * _zoom(back, box) + 1)
        if shown < IGNORED_SHOWN or min(box[2] - box[0], box[3] - box[1]) < SMALLEST_SIDE:
            continue
        truth = shown >= FACING_SHOWN and item.kind != BACK_ROW
        boxes.append(box)
        labels.append(item.kind if truth else IGNORED)
        kept.append(index)
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64), kept


def _zoom(back: np.ndarray, box: tuple[int, int, int, int]) -> float:
    """Photo pixels per plane pixel (area) in the middle of a box; `back` is photo to plane."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1)
    return abs((back[2] @ middle) ** 3 / np.linalg.det(back))


def _extents(owners: np.ndarray) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Find the box around the pixels of every owner that shows, in one pass."""
    y, x = np.nonzero(owners)
    found = owners[y, x]
    order = np.argsort(found, kind="stable")
    y, x, found = y[order], x[order], found[order]
    starts = np.flatnonzero(np.diff(found, prepend=0))
    if not len(starts):
        return []
    lows = np.minimum.reduceat(x, starts), np.minimum.reduceat(y, starts)
    highs = np.maximum.reduceat(x, starts) + 1, np.maximum.reduceat(y, starts) + 1
    boxes = np.stack([*lows, *highs], 1).tolist()
    return list(zip(found[starts].tolist(), boxes, strict=True))
