"""Colours alone are a fair peer: they see the same boxes as the embedder, and where colours are."""

from pathlib import Path

import numpy as np
import simplejpeg

from bench.accuracy.skus.colours import by_colours
from bench.accuracy.skus.items import Items

RED, BLUE = (200, 30, 30), (30, 30, 200)


def cosines(folder: Path, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Boxes of a photo that is red in its upper half, blue in its lower."""
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[:100], pixels[100:] = RED, BLUE
    (folder / "photo.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, 95))
    number = len(boxes)
    items = Items(
        names=("sku",),
        skus=np.zeros(number, np.int64),
        runs=np.arange(number),
        photos=(folder / "photo.jpg",) * number,
        boxes=np.array(boxes, np.float32),
        scenes=("",) * number,
    )
    vectors = by_colours(items).vectors
    return vectors @ vectors.T


def test_the_same_colours_are_alike_whatever_their_size(tmp_path: Path):
    """A wide red box and a high red box."""
    assert cosines(tmp_path, (0, 0, 180, 30), (0, 0, 30, 90))[0, 1] > 0.99


def test_other_colours_have_nothing_in_common(tmp_path: Path):
    """A red box and a blue box."""
    assert cosines(tmp_path, (0, 0, 90, 90), (0, 110, 90, 190))[0, 1] < 0.05


def test_it_matters_where_a_colour_is(tmp_path: Path):
    """Red above blue is neither red nor blue; it shares two bands of three with neither."""
    both, red, blue = (0, 50, 90, 150), (0, 0, 90, 90), (0, 110, 90, 190)

    alike = cosines(tmp_path, both, red, blue)

    assert 0.3 < alike[0, 1] < 0.7
    assert 0.3 < alike[0, 2] < 0.7


def test_a_box_beyond_the_photo_ends_with_it(tmp_path: Path):
    """Labels have one digit and may end a fraction of a pixel outside."""
    assert cosines(tmp_path, (0, 0, 200, 50), (-1, -1, 201, 50))[0, 1] > 0.99
