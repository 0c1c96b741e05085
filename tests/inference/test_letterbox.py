"""Photos lie in the network's input, and boxes find the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.card import DetectorInput
from inference.letterbox import letterbox
from inference.pyramid import Pyramid
from tests.inference.jpegs import blocks

LONG = DetectorInput(long_side=640)
FIXED = DetectorInput(width=320, height=256)
CENTRED = DetectorInput(width=320, height=256, resize="centre")

sides = st.integers(1, 5000)
inputs = st.sampled_from([LONG, FIXED, CENTRED])


@given(width=sides, height=sides, given_input=inputs, data=st.data())
def test_there_and_back_within_one_pixel(
    width: int, height: int, given_input: DetectorInput, data: st.DataObject
):
    """A box carried to the network and back is where it was."""
    x, y = st.floats(0, width, width=32), st.floats(0, height, width=32)
    box = np.array([[data.draw(x), data.draw(y), data.draw(x), data.draw(y)]], np.float32)
    frame = letterbox(width, height, given_input)

    there_and_back = frame.to_photo(frame.to_network(box))

    assert np.abs(there_and_back - box).max() < 1


@given(width=sides, height=sides, given_input=inputs)
def test_the_photo_fills_its_frame(width: int, height: int, given_input: DetectorInput):
    """The corners of the photo are the corners of its part of the input."""
    frame = letterbox(width, height, given_input)
    corners = frame.to_network(np.array([[0, 0, width, height]], np.float32))[0]

    assert [frame.left, frame.top] == corners[:2].round().tolist()
    assert 0 <= frame.left <= frame.left + frame.inner_width <= frame.width
    assert 0 <= frame.top <= frame.top + frame.inner_height <= frame.height


@given(width=sides, height=sides)
def test_the_long_side_rules(width: int, height: int):
    """The longer side gets the card's length, both are padded to the multiple."""
    frame = letterbox(width, height, LONG)

    assert max(frame.inner_width, frame.inner_height) == 640
    assert (frame.width % 32, frame.height % 32) == (0, 0)
    assert frame.width - frame.inner_width < 32
    assert frame.height - frame.inner_height < 32


@pytest.mark.parametrize(("given_input", "first"), [(FIXED, 0), (CENTRED, 48)])
def test_padding_goes_below_or_around(given_input: DetectorInput, first: int):
    """`fit` pads right and below, `centre` as much on both sides."""
    white = np.full((100, 200, 3), 255, np.uint8)

    drawn = letterbox(200, 100, given_input).pixels(Pyramid(white), pad=7)

    rows = np.flatnonzero((drawn == 255).all(axis=(1, 2)))
    assert (256, 320, 3) == drawn.shape
    assert (first, first + 159) == (rows[0], rows[-1])
    assert {7, 255} == set(np.unique(drawn))


def test_a_photo_of_the_right_size_is_untouched():
    """Nothing is resampled when nothing has to be."""
    photo = blocks(640, 320)

    assert np.array_equal(photo, letterbox(640, 320, LONG).pixels(Pyramid(photo), pad=0))
