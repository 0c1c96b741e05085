"""How wide the edges of a photo are: the measure of blur, whatever caused it.

An edge of a sharp photo is two pixels wide at any resolution; blur by s pixels makes it about
2 s wide. Text, noise, compression and dark shelves change how many edges there are, not how wide
the clear ones are. So only clear edges count, and a photo without any has no width.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.pyramid import Pyramid
from inference.types import Floats

_SEGMENT = 16  # pixels of a line that hold one edge
_SIDE = 6 * _SEGMENT  # pixels, of the squares that are looked at ...
_ACROSS = 5  # ... at most so many by so many, spread evenly over the photo
_CONTRAST = 48  # levels of 255 between the two sides of an edge that counts
_ENOUGH = 60  # edges; of fewer nothing is said
_SHARPEST = 25  # per cent of the edges: what is in focus, not what stands behind it
_RESOLVED = 3.0  # pixels; wider edges are blurred at this size, so larger sizes add noise only
_SMALLEST = 512  # pixels of the long side; blur that hides at this size hides everywhere


def edge_width(photo: Pyramid) -> float | None:
    """Measure the width of the photo's clear edges, across the direction that is blurred most.

    It is measured on a small half of the photo first: strong blur is as wide there as slight blur
    is at full size, while noise is averaged away. Only what is sharp there needs a larger half.

    Returns:
        Pixels of the photo, 1.3 or more; None when there are too few clear edges.

    Source: after Marziliano et al., "A no-reference perceptual blur metric", ICIP 2002.
    """
    wide = None
    if min(photo.width, photo.height) > 1 and max(photo.width, photo.height) >= 2 * _SMALLEST:
        wide = edge_width(photo.half)
        if wide is not None and wide >= _RESOLVED:
            return 2 * wide
    own = _measure(photo.squares(_SIDE, _ACROSS))
    return 2 * wide if own is None and wide is not None else own


def _measure(squares: NDArray[np.uint8]) -> float | None:
    """The wider of the widths along the two axes; a moving phone blurs one of them."""
    if not len(squares):
        return None
    turned = squares.transpose(0, 2, 1)
    widths = [w for s in (squares, turned) if (w := _width_down(s)) is not None]
    return max(widths, default=None)


def _width_down(squares: NDArray[np.uint8]) -> float | None:
    """Width of edges that are crossed from top to bottom: height of the edge / steepest step."""
    lines = np.ascontiguousarray(squares).reshape(-1, squares.shape[2])
    steps = np.zeros_like(lines)
    cv2.absdiff(lines[1:], lines[:-1], steps[:-1])
    segments = lines.reshape(-1, _SEGMENT, lines.shape[1])
    steepest = steps.reshape(segments.shape)[:, :-1].max(axis=1)  # the last step leaves the segment
    height = segments.max(axis=1) - segments.min(axis=1)
    clear = height >= _CONTRAST
    if np.count_nonzero(clear) < _ENOUGH:
        return None
    widths: Floats = height[clear] / steepest[clear].astype(np.float32)
    return float(np.percentile(widths, _SHARPEST))
