"""A packshot is cut to the product before it is a reference."""

import numpy as np
import pytest

from inference.packshot import content
from inference.pyramid import Pyramid


def picture(ground: int, size: tuple[int, int], product: tuple[int, int, int, int]) -> Pyramid:
    """A speckled product on a ground that varies by a level or two; width, height and a box."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(ground - 2, ground + 1, (size[1], size[0], 3)).astype(np.uint8)
    x1, y1, x2, y2 = product
    pixels[y1:y2, x1:x2] = rng.integers(20, 180, (y2 - y1, x2 - x1, 3))
    return Pyramid(pixels)


@pytest.mark.parametrize("ground", [255, 200])
@pytest.mark.parametrize("scale", [1, 7], ids=["small", "large"])
def test_a_bottle_on_a_square_is_cut_to_the_bottle(ground: int, scale: int):
    """Plain ground of any colour, to the pixel of what was looked at."""
    box = 80 * scale, 20 * scale, 120 * scale, 180 * scale

    found = content(picture(ground, (200 * scale, 200 * scale), box))

    assert np.allclose(box, found, atol=scale)


def test_a_tight_picture_stays():
    """The product reaches the border: there is no ground."""
    assert (0, 0, 90, 200) == content(picture(255, (90, 200), (0, 0, 90, 200)))


def test_an_empty_picture_stays():
    """Nothing stands out, or only dust."""
    assert (0, 0, 90, 200) == content(picture(255, (90, 200), (0, 0, 0, 0)))
    assert (0, 0, 90, 200) == content(picture(255, (90, 200), (40, 40, 44, 44)))
