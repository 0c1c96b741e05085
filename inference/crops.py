"""Small pictures of facings for people to look at."""

import numpy as np
import simplejpeg

from inference.pyramid import Pyramid
from inference.types import Flags, Floats

LONG_SIDE = 160  # pixels at most
_QUALITY = 80  # of JPEG; about 4 kB a picture


def cut_crops(photo: Pyramid, boxes: Floats, wanted: Flags) -> list[bytes | None]:
    """Cut boxes out as small JPEGs, never larger than they are.

    Args:
        boxes: (n, 4) in pixels of the photo.
        wanted: (n,) the others get no picture.

    Returns:
        n JPEGs, or None.
    """
    sides = np.array([photo.width, photo.height] * 2)
    whole = np.clip(np.rint(boxes), 0, sides).astype(int).tolist()
    pairs = zip(whole, wanted.tolist(), strict=True)
    return [_cut(photo, *box) if want else None for box, want in pairs]


def _cut(photo: Pyramid, x1: int, y1: int, x2: int, y2: int) -> bytes:
    x1, y1 = min(x1, photo.width - 1), min(y1, photo.height - 1)
    x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)  # at least a pixel, however thin the box
    scale = min(1.0, LONG_SIDE / max(x2 - x1, y2 - y1))
    width, height = max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale))
    pixels = np.ascontiguousarray(photo.crop((x1, y1, x2, y2), width, height))
    return simplejpeg.encode_jpeg(pixels, quality=_QUALITY, colorsubsampling="420")
