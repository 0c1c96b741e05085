"""Where the product is in a packshot: pictures of shops stand on a plain ground, often a square.

A box on a shelf is tight around the product. A packshot has to be, too, or its ground counts as
colour of the product, and its shape is that of the picture.
"""

import numpy as np

from inference.pyramid import Pyramid
from inference.types import Reals

_LONG_SIDE = 320  # pixels; larger pictures are looked at in halves
_PLAIN = 12  # levels that a plain ground varies by, for instance where JPEG blurs an edge
_FRAYED = 0.05  # share of the border that may be something else: a product that is cut off
_FAR = 24  # levels from the ground that make a pixel one of the product
_SPECK = 0.01  # share of a row or column that dust and shadows may reach
_LEAST = 0.1  # share of the picture, each way; less is no product

Box = tuple[float, float, float, float]


def content(photo: Pyramid) -> Box:
    """The box of what stands on a plain ground; the whole picture when the ground is not plain.

    Returns:
        x1 y1 x2 y2 in pixels of the picture.
    """
    pixels = photo.within(_LONG_SIDE).pixels.astype(np.int16)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(border, axis=0)
    plain = (np.abs(border - ground).max(axis=1) > _PLAIN).mean() <= _FRAYED
    product = np.abs(pixels - ground).max(axis=2) > _FAR
    (left, right), (top, bottom) = _reach(product.mean(axis=0)), _reach(product.mean(axis=1))
    height, width = product.shape
    if not plain or right - left < _LEAST * width or bottom - top < _LEAST * height:
        return 0.0, 0.0, float(photo.width), float(photo.height)
    across, down = photo.width / width, photo.height / height
    return left * across, top * down, right * across, bottom * down


def _reach(shares: Reals) -> tuple[int, int]:
    """Where the columns or rows begin and end that show more than specks."""
    shown = np.flatnonzero(shares > _SPECK)
    return (int(shown[0]), int(shown[-1]) + 1) if len(shown) else (0, 0)
