"""Runs of facings: what stands side by side is nearly one picture, so it proves nothing."""

import numpy as np

from bench.accuracy.photos import PRODUCT, LabelledShelf
from bench.accuracy.standing import NO_SHELF, true_shelves
from inference.types import Flags, Floats, Ints


def runs(photo: LabelledShelf) -> Ints:
    """Number the runs of facings of one photo.

    A run is what a shopper sees as one block of a product: facings of one SKU on one shelf of one
    photo, each beside or on top of the next. Two of them are neighbours when no other facing has
    its middle in the gap between them, however wide it is. What hangs on hooks and has no shelf
    is one run per SKU. The same facings in an overlapping photo are another run: another photo.

    Returns:
        (n,) in the order of `photo.of(PRODUCT)`; numbered from 0, any order.
    """
    boxes, skus = photo.of(PRODUCT), np.array(photo.facing_skus, object)
    shelves = true_shelves(photo)
    numbers = np.full(len(boxes), -1, np.int32)
    for sku, shelf in sorted(set(zip(skus.tolist(), shelves.tolist(), strict=True))):
        own = np.flatnonzero((skus == sku) & (shelves == shelf))
        others = boxes[(skus != sku) & (shelves == shelf) & (shelf != NO_SHELF)]
        first = numbers.max(initial=-1) + 1
        own = own[np.argsort(boxes[own, 0], kind="stable")]
        numbers[own] = first + np.cumsum(_parted(boxes[own], others))
    return numbers


def _parted(boxes: Floats, others: Floats) -> Flags:
    """(n,): whether another facing stands between a box and all to its left; boxes by left edge."""
    middles = (others[:, 0] + others[:, 2]) / 2
    reached = np.maximum.accumulate(boxes[:, 2])[:-1]
    gaps = (reached[:, None] < middles) & (middles < boxes[1:, :1])
    return np.concatenate([[False], gaps.any(1)])
