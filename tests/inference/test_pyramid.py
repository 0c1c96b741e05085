"""Shrinking by halves is the area average, only faster."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.pyramid import Pyramid
from tests.inference.jpegs import blocks

PHOTO = cv2.GaussianBlur(blocks(801, 601), (0, 0), 12)


@pytest.mark.parametrize("size", [(320, 240), (200, 150), (100, 75), (96, 128), (801, 601)])
def test_shrinking_looks_like_the_area_average(size: tuple[int, int]):
    """A photo shrunk through its halves differs from the direct area average by very little."""
    expected = cv2.resize(PHOTO, size, interpolation=cv2.INTER_AREA)

    assert np.abs(Pyramid(PHOTO).resized(*size).astype(int) - expected).mean() < 2


@pytest.mark.parametrize(("long_side", "given"), [(801, 801), (400, 400), (401, 801), (1, 1)])
def test_the_last_half_that_is_large_enough(long_side: int, given: int):
    """Half of 801 is 400, which is not 401."""
    assert given == Pyramid(PHOTO).at_least(long_side).width


@given(st.data())
def test_every_box_gives_a_crop(data: st.DataObject):
    """Any box inside the photo can be cut, however thin, at the size asked for."""
    x1, y1 = data.draw(st.integers(0, 800)), data.draw(st.integers(0, 600))
    x2, y2 = data.draw(st.integers(x1 + 1, 801)), data.draw(st.integers(y1 + 1, 601))

    assert (16, 12, 3) == Pyramid(PHOTO).crop((x1, y1, x2, y2), 12, 16).shape


@pytest.mark.parametrize("box", [(0, 0, 801, 601), (13, 7, 700, 555), (401, 300, 801, 601)])
def test_crops_show_their_box(box: tuple[int, int, int, int]):
    """A crop from a half is the crop from the photo, to within a few levels."""
    x1, y1, x2, y2 = box
    expected = cv2.resize(PHOTO[y1:y2, x1:x2], (96, 72), interpolation=cv2.INTER_AREA)

    assert np.abs(Pyramid(PHOTO).crop(box, 96, 72).astype(int) - expected).mean() < 3


def test_a_pyramid_stays_itself():
    """Halves are made once, whoever asks."""
    pyramid = Pyramid(PHOTO)

    assert Pyramid.of(pyramid) is pyramid
    assert pyramid.half is pyramid.half


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 100), st.integers(1, 7))
def test_squares_fit_into_the_photo(width: int, height: int, side: int, across: int):
    """As many as fit beside and below each other, at most as many as asked for."""
    squares = Pyramid(np.zeros((height, width, 3), np.uint8)).squares(side, across)

    assert (min(height // side, across) * min(width // side, across), side, side) == squares.shape


def test_squares_are_spread_evenly():
    """The same distance between them, half of it at the edges."""
    green = np.zeros((8, 24, 3), np.uint8)
    green[:, :, 1] = np.arange(24)

    assert [[2, 5], [10, 13], [18, 21]] == [
        [int(square[0, 0]), int(square[0, -1])] for square in Pyramid(green).squares(4, 3)[:3]
    ]


def test_a_photo_fits_within_a_long_side():
    """By halves; a strip that cannot be halved stays as it is."""
    sizes = [
        (small.width, small.height)
        for small in (
            Pyramid(PHOTO).within(801),
            Pyramid(PHOTO).within(300),
            Pyramid(np.zeros((1, 5000, 3), np.uint8)).within(768),
        )
    ]

    assert [(801, 601), (200, 150), (5000, 1)] == sizes
