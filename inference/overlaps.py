"""Non-maximum suppression: of boxes that show the same thing, the best stays."""

import numpy as np
from numpy.typing import NDArray

from inference.types import Flags, Floats, Ints

_BLOCK = 16  # boxes settled at a time; 16 was fastest of 8, 16, 32, 64 on 3,000 candidates

Order = NDArray[np.intp]


def best_first(scores: Floats) -> Order:
    """Indices from the best score to the worst; equal scores keep their order."""
    return np.argsort(-scores, kind="stable")


def suppress(boxes: Floats, scores: Floats, labels: Ints, max_iou: float, most: int) -> Order:
    """Keep the best box of every overlapping group, per label.

    Greedy: the best box stays, boxes of its label that overlap it by more than `max_iou` go, and
    so on. The same as the textbook loop, done in blocks: 3 ms for 3,000 candidates.

    Args:
        boxes: (n, 4).
        scores: (n,).
        labels: (n,); boxes of different labels never suppress each other.
        max_iou: intersection over union, 0-1.
        most: of the boxes that stay, the best `most` are returned.

    Returns:
        Indices of the boxes that stay, best score first, ties by index.
    """
    kept = [
        members[_suppress_one_label(boxes[members], scores[members], max_iou, most)]
        for members in (np.flatnonzero(labels == label) for label in np.unique(labels))
    ]
    stay = np.sort(np.concatenate(kept)) if kept else np.zeros(0, np.intp)
    return stay[best_first(scores[stay])][:most]


def ious(few: Floats, many: Floats) -> Floats:
    """Intersection over union of every pair.

    Args:
        few: (a, 4) boxes.
        many: (b, 4) boxes.

    Returns:
        (a, b), 0-1.
    """
    left, top, right, bottom = many.T
    a_left, a_top, a_right, a_bottom = few.T[:, :, None]
    shared = np.maximum(np.minimum(a_right, right) - np.maximum(a_left, left), 0)
    shared *= np.maximum(np.minimum(a_bottom, bottom) - np.maximum(a_top, top), 0)
    areas = (a_right - a_left) * (a_bottom - a_top) + (right - left) * (bottom - top)
    return shared / (areas - shared)


def _suppress_one_label(boxes: Floats, scores: Floats, max_iou: float, most: int) -> Order:
    waiting = best_first(scores)
    boxes = boxes[waiting]
    kept = waiting[:0]
    while len(waiting) and len(kept) < most:
        overlaps = _overlaps(boxes[:_BLOCK], boxes, max_iou)
        stays = _settle(overlaps[:, :_BLOCK])
        kept = np.concatenate([kept, waiting[:_BLOCK][stays]])
        gone = np.logical_or.reduce(overlaps[stays], axis=0)
        gone[:_BLOCK] = True
        waiting, boxes = waiting[~gone], boxes[~gone]
    return kept


def _settle(overlaps: Flags) -> Flags:
    """The greedy loop inside one block; `overlaps` is square, best box first."""
    stays: Flags = np.ones(len(overlaps), np.bool_)
    for row in range(len(overlaps)):
        if stays[row]:
            stays[row + 1 :] &= ~overlaps[row, row + 1 :]
    return stays


def _overlaps(few: Floats, many: Floats, max_iou: float) -> Flags:
    """(few, many): whether the two overlap by more than `max_iou`."""
    left, top, right, bottom = many.T
    a_left, a_top, a_right, a_bottom = few.T[:, :, None]
    width = np.minimum(a_right, right) - np.maximum(a_left, left)
    height = np.minimum(a_bottom, bottom) - np.maximum(a_top, top)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    areas = (a_right - a_left) * (a_bottom - a_top) + (right - left) * (bottom - top)
    return shared > max_iou * (areas - shared)
