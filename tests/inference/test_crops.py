"""Small pictures of facings."""

import numpy as np
import pytest

from inference.crops import LONG_SIDE, cut_crops
from inference.image import decode
from inference.pyramid import Pyramid
from inference.types import Pixels


def quadrants(size: int) -> Pixels:
    """A picture of four plain colours."""
    pixels = np.zeros((size, size, 3), np.uint8)
    half = size // 2
    pixels[:half, half:], pixels[half:, :half] = (255, 0, 0), (0, 255, 0)
    pixels[half:, half:] = (0, 0, 255)
    return pixels


def cut(pixels: Pixels, *boxes: list[float]) -> list[Pixels]:
    """Cut boxes out and decode them."""
    wanted = np.ones(len(boxes), np.bool_)
    jpegs = cut_crops(Pyramid(pixels), np.array(boxes, np.float32).reshape(-1, 4), wanted)
    return [decode(jpeg) for jpeg in jpegs if jpeg]


def test_a_crop_shows_its_box():
    """And nothing else."""
    red, blue = cut(quadrants(400), [210, 10, 390, 190], [210, 210, 390, 390])

    assert np.abs(red.reshape(-1, 3).mean(0) - [255, 0, 0]).max() < 6
    assert np.abs(blue.reshape(-1, 3).mean(0) - [0, 0, 255]).max() < 6


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ([0, 0, 400, 100], (40, 160)),
        ([0, 0, 100, 400], (160, 40)),
        ([0, 0, 100, 50], (50, 100)),  # never larger than it is
        ([399.6, 0, 400, 400], (160, 1)),
        ([-5, -5, 405, 405], (160, 160)),
        ([10.4, 10.4, 10.4, 10.4], (1, 1)),
    ],
)
def test_the_long_side_is_bounded(box: list[float], shape: tuple[int, int]):
    """The proportions stay; a box that is hardly there still has a pixel."""
    (crop,) = cut(quadrants(400), box)

    assert shape == crop.shape[:2]
    assert max(shape) <= LONG_SIDE


def test_only_what_is_wanted_is_cut():
    """The others have no picture."""
    boxes = np.array([[0, 0, 9, 9]] * 3, np.float32)
    jpegs = cut_crops(Pyramid(quadrants(40)), boxes, np.array([False, True, False]))

    assert [False, True, False] == [jpeg is not None for jpeg in jpegs]


def test_nothing_is_cut_out_of_nothing():
    """No boxes, no pictures."""
    assert [] == cut(quadrants(40))
