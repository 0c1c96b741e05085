"""A JPEG becomes upright RGB pixels, or an UnreadablePhoto with a reason for people."""

from math import ceil

import cv2
import numpy as np
import simplejpeg

from inference.errors import UnreadablePhoto
from inference.exif import orientation
from inference.types import Pixels

MAX_PIXELS = 50_000_000

cv2.setNumThreads(1)  # photos run side by side; threads inside one would fight over the cores

_OTHER_FORMATS = {
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"RIFF": "WebP",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"%PDF": "PDF",
}
_TURNS: dict[int, tuple[bool, int | None]] = {  # EXIF orientation -> mirror first, then rotate
    2: (True, None),
    3: (False, cv2.ROTATE_180),
    4: (True, cv2.ROTATE_180),
    5: (True, cv2.ROTATE_90_COUNTERCLOCKWISE),
    6: (False, cv2.ROTATE_90_CLOCKWISE),
    7: (True, cv2.ROTATE_90_CLOCKWISE),
    8: (False, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def decode(
    jpeg: bytes, *, max_pixels: int = MAX_PIXELS, fast: bool = True, at_least: int = 0
) -> Pixels:
    """Decode a JPEG, at full size unless told otherwise, and turn it upright.

    Grayscale and CMYK photos become RGB. Damaged data is refused, not guessed.

    Args:
        jpeg: the file.
        max_pixels: a header that promises more is refused before anything is decoded.
        fast: save a tenth of the time by coarser colour; else what other decoders give.
        at_least: pixels of the long side that are enough; by eighths less is decoded, which saves
            half of the time or more; 0 = all there are.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        UnreadablePhoto: with a reason.
    """
    height, width = _check_header(jpeg, max_pixels)
    enough = min(1.0, at_least / max(height, width)) if at_least else 1.0
    try:
        pixels = simplejpeg.decode_jpeg(
            jpeg,
            "RGB",
            fastdct=fast,
            fastupsample=fast,
            min_height=ceil(enough * height),
            min_width=ceil(enough * width),
        )
    except (ValueError, MemoryError) as error:
        raise UnreadablePhoto(_why(str(error))) from None
    return turn_upright(pixels, orientation(jpeg))


def turn_upright(pixels: Pixels, stored: int) -> Pixels:
    """Undo the camera's EXIF orientation `stored` (1 to 8)."""
    mirror, rotation = _TURNS.get(stored, (False, None))
    turned = cv2.flip(pixels, 1) if mirror else pixels
    return np.asarray(turned if rotation is None else cv2.rotate(turned, rotation), np.uint8)


def _check_header(jpeg: bytes, max_pixels: int) -> tuple[int, int]:
    """Height and width as stored."""
    if not jpeg:
        raise UnreadablePhoto("The file is empty.")
    if not jpeg.startswith(b"\xff\xd8"):
        raise UnreadablePhoto(_what_else(jpeg))
    try:
        height, width = map(int, simplejpeg.decode_jpeg_header(jpeg)[:2])
    except ValueError:
        raise UnreadablePhoto("The JPEG header is damaged or ends early.") from None
    if height * width > max_pixels:
        raise UnreadablePhoto(
            f"The photo has {height * width / 1e6:.0f} megapixels, "
            f"at most {max_pixels / 1e6:.0f} are accepted."
        )
    return height, width


def _what_else(data: bytes) -> str:
    for start, name in _OTHER_FORMATS.items():
        if data.startswith(start):
            return f"The file is {name}, not JPEG."
    return "The file is not a JPEG."


def _why(message: str) -> str:
    if "Premature end" in message:
        return "The JPEG data ends early."
    return "The JPEG data is damaged."
