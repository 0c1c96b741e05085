"""Whether a photo must be looked at more closely: its products are too small for the looks so far.

A shelf of hundreds of facings is read like any other once its products have as many pixels as
those the detector learnt from.
"""

import numpy as np

from inference.card import DetectorInput
from inference.types import Floats

_STEP = 64  # pixels; few different sizes, as every new one costs the network a preparation


def closer_long_side(products: Floats, width: int, height: int, given: DetectorInput) -> int | None:
    """Say at which scale to look once more.

    Args:
        products: (n, 4) boxes of the looks so far, pixels of the photo.
        width: of the photo, pixels.
        height: of the photo, pixels.
        given: the card's input, which the looks followed.

    Returns:
        Long side of the network's input, a multiple of 64 unless it is the card's most;
        None = what was seen is large enough, or nothing was.
    """
    limits = given.closer_look
    if limits is None or given.long_side is None or not len(products):
        return None
    typical = float(np.median(np.sqrt(np.prod(products[:, 2:] - products[:, :2], axis=1))))
    closest = max(given.long_side, *given.more_long_sides, *given.mirrored_long_sides, 0)
    wanted = max(width, height) * limits.typical_side / typical
    long_side = min(round(wanted / _STEP) * _STEP, limits.most)
    return long_side if long_side > closest else None
