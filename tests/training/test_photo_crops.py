"""Training crops of real photos: all moves together, nothing but facings is exchanged."""

import numpy as np
import pytest

from bench.accuracy.photos import SHELVES
from training.detector_crops import SIDE, SMALLEST, what_counts
from training.photo_crops import PhotoPool, photo_crop
from training.recolour import recoloured
from training.shelf_photos import LONG_SIDE, ShelfPhoto, shelf_photos
from training.shelves import IGNORED
from training.swaps import Facings, exchanged, facings_of

BRIGHT, DARK = 220, 20


def shelf() -> ShelfPhoto:
    """Bright products in a grid on a dark photo, each with a box."""
    pixels = np.full((600, 800, 3), DARK, np.uint8)
    boxes = []
    for y in range(60, 560, 140):
        for x in range(40, 760, 90):
            pixels[y : y + 100, x : x + 60] = BRIGHT
            boxes.append((x, y, x + 60, y + 100))
    halves = [pixels[:: 2**level, :: 2**level] for level in range(4)]
    labels = np.zeros(len(boxes), np.int64)
    levels = tuple(np.ascontiguousarray(half) for half in halves)
    return ShelfPhoto("grid.jpg", "grid", levels, np.array(boxes, np.float32), labels)


def coverage(pixels: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Which pixels lie in a box."""
    inside = np.zeros(pixels.shape[:2], bool)
    for x1, y1, x2, y2 in np.round(boxes).astype(int):
        inside[y1:y2, x1:x2] = True
    return inside


@pytest.mark.parametrize("seed", range(20))
def test_boxes_stay_on_their_products(seed: int):
    """However the photo was turned, stretched and mirrored, boxes hold what is bright."""
    photo = shelf()
    crop = photo_crop(np.random.default_rng(seed), PhotoPool([photo], facings_of([photo])))

    assert (SIDE, SIDE, 3) == crop.pixels.shape
    assert (crop.boxes >= 0).all()
    assert (crop.boxes <= SIDE).all()
    inside = coverage(crop.pixels, crop.boxes)
    grey = crop.pixels.mean(2)
    assert inside.any()
    assert np.median(grey[inside]) - np.median(grey[~inside & (grey < grey.max())]) > 20


def test_crops_depend_on_the_seed_alone():
    """The same seed draws the same crop, another seed another."""
    photo = shelf()
    pool = PhotoPool([photo], facings_of([photo]))

    one, same, other = (photo_crop(np.random.default_rng(seed), pool) for seed in (1, 1, 2))

    assert (one.pixels == same.pixels).all()
    assert (one.boxes == same.boxes).all()
    assert one.pixels.tobytes() != other.pixels.tobytes()


def test_exchanged_facings_cover_products_and_nothing_else():
    """Every product shows another facing in the light of its place; the rest is as it was."""
    photo = shelf()
    striped = np.zeros((100, 60, 3), np.uint8)
    striped[::2] = 200
    facings = Facings([striped], np.array([np.log(60 / 100)]))

    drawn = exchanged(np.random.default_rng(0), photo.levels[0], photo.boxes, facings, 1.0)

    inside = coverage(drawn, photo.boxes)
    assert (drawn[~inside] == photo.levels[0][~inside]).all()
    assert drawn[inside].std() > 50
    assert BRIGHT == photo.levels[0][inside].min()  # the photo itself is left as it is


def test_a_facing_of_another_shape_is_not_used():
    """A bottle does not go where a flat box lay."""
    photo = shelf()
    flat = Facings([np.zeros((20, 100, 3), np.uint8)], np.array([np.log(5.0)]))

    drawn = exchanged(np.random.default_rng(0), photo.levels[0], photo.boxes, flat, 1.0)

    assert (drawn == photo.levels[0]).all()


def test_what_is_cut_or_tiny_counts_neither_way():
    """Half outside, or a few pixels wide: ignored; hardly there: gone; ignored stays ignored."""
    side, small = 100, SMALLEST[0] - 1
    boxes = np.array(
        [
            (10, 10, 40, 40),
            (-60, 10, 30, 40),  # a third of it shows
            (-97, 10, 3, 40),  # 3 % of it show
            (50, 50, 50 + small, 90),
            (-900, 0, 100, 100),  # a large region where nothing counts
        ],
        np.float32,
    )
    kept, labels = what_counts(boxes, np.array([0, 0, 0, 0, IGNORED]), side)

    assert [0, IGNORED, IGNORED, IGNORED] == labels.tolist()
    assert [[10, 10, 40, 40], [0, 10, 30, 40], [50, 50, 57, 90], [0, 0, 100, 100]] == kept.tolist()


def test_colours_change_and_the_picture_stays():
    """Light and print vary, edges do not move."""
    pixels = shelf().levels[0]
    views = [recoloured(np.random.default_rng(seed), pixels) for seed in range(12)]

    assert all(view.shape == pixels.shape and view.dtype == np.uint8 for view in views)
    assert len({view.tobytes() for view in views}) > 6
    for view in views:
        grey = view.mean(2)
        assert grey[100, 60] > grey[5, 5]  # a product stays brighter than the dark around it


def test_labelled_photos_are_read():
    """All photos with their scenes; boxes lie on them; a region counts once."""
    photos = shelf_photos(SHELVES)

    assert 26 == len(photos)
    assert len({photo.scene for photo in photos}) < len(photos)
    for photo in photos:
        height, width = photo.levels[0].shape[:2]
        assert max(height, width) <= LONG_SIDE
        assert (photo.boxes >= -1).all()
        assert (photo.boxes <= [width + 1, height + 1] * 2).all()
        assert (photo.labels == 0).any()
        assert photo.typical_side() > 20
        ignored = photo.boxes[photo.labels == IGNORED]
        assert len(ignored) == len(np.unique(ignored, axis=0))
