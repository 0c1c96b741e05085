"""Boxes that agree are averaged: several looks, or neighbouring cells, measure the same edges.

Source: Gidaris and Komodakis, "Object detection via a multi-region and semantic segmentation-aware
CNN model", 2015, section 5.2, weighted here by overlap too.
"""

import numpy as np

from inference.overlaps import Order, ious
from inference.types import Floats, Ints

_BLOCK = 64  # boxes averaged at a time


def averaged(boxes: Floats, scores: Floats, labels: Ints, kept: Order, least_iou: float) -> Floats:
    """Replace kept boxes by the mean of all boxes of their label that overlap them enough.

    Args:
        boxes: (n, 4).
        scores: (n,) > 0.
        labels: (n,).
        kept: (k,) indices of the boxes to replace.
        least_iou: boxes that overlap by less have no say; the others have their score times IoU.

    Returns:
        (k, 4), in the order of `kept`.
    """
    mean = boxes[kept].copy()
    for start in range(0, len(kept), _BLOCK):
        block = kept[start : start + _BLOCK]
        say = ious(boxes[block], boxes)
        say[(say < least_iou) | (labels[block][:, None] != labels)] = 0
        say *= scores
        mean[start : start + _BLOCK] = say @ boxes / say.sum(axis=1, keepdims=True)
    return np.clip(mean, boxes.min(axis=0), boxes.max(axis=0)) if len(kept) else mean  # rounding
