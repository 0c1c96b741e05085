"""At which scale a photo is read best: what the first look saw decides.

A detector is surest of products as large as those it learnt from. Photos show shelves from one
metre or from six: after a first look at a fixed scale, the photo is read again at the scale where
its typical product has that size.
"""

import numpy as np
from msgspec.structs import replace

from inference.card import DetectorInput, SecondLook
from inference.types import Floats

_STEP = 64  # pixels; few different sizes, as every new one costs the network a preparation


def second_input(
    products: Floats, width: int, height: int, given: DetectorInput
) -> DetectorInput | None:
    """Say how to read the photo again.

    Args:
        products: (n, 4) boxes of the first look, pixels of the photo.
        width: of the photo, pixels.
        height: of the photo, pixels.
        given: the card's input, which the first look followed.

    Returns:
        The input of the second look; None = the first look was near enough, or saw nothing.
    """
    if given.second_look is None or given.long_side is None or not len(products):
        return None
    photo_side = max(width, height)
    wanted = photo_side * given.second_look.typical_side / _typical_side(products)
    long_side = _allowed(wanted, given.second_look)
    nearness = long_side / given.long_side
    if max(nearness, 1 / nearness) <= given.second_look.tolerance:
        return None
    return replace(given, long_side=long_side)


def _typical_side(boxes: Floats) -> float:
    """Median of the square root of the boxes' area, pixels."""
    return float(np.median(np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))))


def _allowed(wanted: float, limits: SecondLook) -> int:
    return int(np.clip(round(wanted / _STEP) * _STEP, limits.least, limits.most))
