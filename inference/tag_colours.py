"""Which colours a price tag has: shares of its area, and whether they are those of an offer."""

import cv2
import numpy as np

from inference.price_tag import Colour
from inference.types import Flags, Pixels

_LEAST = 0.1  # share of the tag from which on a colour is named
_PALE, _DARK = 0.3, 0.3  # saturation below is white, grey or black; value below is black
_LIGHT = 0.62  # value, of the tag's brightest, from which on what is pale is white
_HUES = (  # up to so many degrees
    (18, "red"),
    (42, "orange"),
    (70, "yellow"),
    (165, "green"),
    (255, "blue"),
    (315, "purple"),
    (345, "pink"),
    (360, "red"),
)


def tag_colours(tag: Pixels) -> tuple[Colour, ...]:
    """Name the colours that cover a tenth of the tag or more, the largest share first.

    Args:
        tag: its picture; brightness counts relative to its brightest pixels, as shops and
            displays differ.
    """
    hue, saturation, value = _hsv(tag)
    brightest = max(float(np.percentile(value, 98)), 0.05)
    pale, dark = saturation < _PALE, value < _DARK * brightest
    light = value > _LIGHT * brightest
    masks: dict[str, Flags] = {
        "black": dark,
        "white": pale & light & ~dark,
        "grey": pale & ~light & ~dark,
    }
    lowest = 0.0
    for highest, name in _HUES:
        here = ~pale & ~dark & (hue >= lowest) & (hue < highest)
        masks[name] = masks[name] | here if name in masks else here
        lowest = highest
    shares = {name: round(float(mask.mean()), 4) for name, mask in masks.items()}
    named = [Colour(name, share) for name, share in shares.items() if share >= _LEAST]
    return tuple(sorted(named, key=lambda colour: (-colour.score, colour.color)))


def _hsv(tag: Pixels) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue 0-360, saturation and value 0-1."""
    scaled = tag.astype(np.float32) / 255
    hue, saturation, value = cv2.split(cv2.cvtColor(scaled, cv2.COLOR_RGB2HSV))
    return hue, saturation, value
