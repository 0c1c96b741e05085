"""Photos of one scene put together: real shelves that overlap, that do not, and views cut out."""

from functools import cache

import cv2
import numpy as np
import pytest

from bench.accuracy.photos import PRODUCT, SHELVES, labelled_shelves
from inference.duplicates import View
from inference.image import decode
from inference.keypoints import find_keypoints
from inference.stitch import Stitched, stitch
from inference.types import Pixels

CANS = ("jp_20250529_034303-359", "jp_20250529_034321-360")
EGGS = ("no_IMG_20180105_174409", "no_IMG_20180105_174413", "no_IMG_20180105_174424")
POSTER = ("no_IMG_20171129_120218", "no_IMG_20171129_120222")  # hangs on two stands
ADVERTS = ("jp_20240913_161202_1111_3", "jp_20240913_161240_1108_1")  # the same on two racks


def view(boxes: np.ndarray, size: tuple[int, int], lines: np.ndarray | None = None) -> View:
    """Facings that all look the same."""
    nobody = np.zeros(len(boxes), np.float32)
    same = np.ones((len(boxes), 1), np.float32)
    drawn = np.zeros((0, 4), np.float32) if lines is None else lines
    return View(*size, boxes.astype(np.float32), same, nobody, drawn)


@cache
def labelled(*names: str) -> Stitched:
    """The photos with their true boxes, put together."""
    photos = {photo.path.stem: photo for photo in labelled_shelves()}
    shown = [photos[name] for name in names]
    views = [view(photo.of(PRODUCT), (photo.width, photo.height), photo.lines) for photo in shown]
    points = [find_keypoints(read(name, 0)) for name in names]
    return stitch(views, points, lambda number, least: read(names[number], least))


def read(name: str, at_least: int) -> Pixels:
    """Pixels of a photo."""
    return decode((SHELVES / f"{name}.jpg").read_bytes(), at_least=at_least)


def test_facings_in_two_photos_count_once():
    """The cans at the post between two racks: six of them are on both photos."""
    first, second = labelled(*CANS).duplicates

    assert 6 == first.sum() + second.sum()


@pytest.mark.parametrize("names", [POSTER, ADVERTS], ids=["poster", "adverts"])
def test_what_hangs_on_two_shelves_does_not_join_them(names: tuple[str, ...]):
    """The same poster, the same adverts; the products differ."""
    together = labelled(*names)

    assert together.plane is None
    assert together.panorama is None
    assert not any(flags.any() for flags in together.duplicates)


def test_a_photo_of_another_shelf_stays_apart():
    """Eggs of the same kinds, another rack: not placed, and nothing of it is a duplicate."""
    together = labelled(*EGGS)
    assert together.plane

    assert [True, True, False] == [h is not None for h in together.plane.homographies]
    assert not together.duplicates[2].any()


def test_the_panorama_has_the_size_of_its_plane():
    """A JPEG that holds both photos beside each other."""
    together = labelled(*CANS)
    assert together.plane
    assert together.panorama
    drawn = cv2.imdecode(np.frombuffer(together.panorama, np.uint8), cv2.IMREAD_COLOR)

    assert (together.plane.height, together.plane.width) == drawn.shape[:2]
    assert together.plane.width > 2.5 * together.plane.height


def test_the_same_photos_give_the_same_bytes():
    """Nothing is left to chance."""
    again = labelled.__wrapped__(*CANS)

    assert labelled(*CANS).panorama == again.panorama


def test_any_order_finds_the_same_overlap():
    """Right to left as well."""
    first, second = labelled(*reversed(CANS)).duplicates

    assert 6 == first.sum() + second.sum()


def test_photos_without_anything_are_put_together_with_nothing():
    """Black, and one pixel wide."""
    black = np.zeros((960, 640, 3), np.uint8)
    thin = np.zeros((960, 1, 3), np.uint8)
    nothing = np.zeros((0, 4), np.float32)
    views = [view(nothing, (640, 960)), view(nothing, (1, 960)), view(nothing, (640, 960))]
    pixels = (black, thin, black)
    points = [find_keypoints(photo) for photo in pixels]
    together = stitch(views, points, lambda number, _: pixels[number])

    assert together.plane is None
    assert [0, 0, 0] == [len(flags) for flags in together.duplicates]


def test_many_photos_are_compared_in_the_order_they_were_taken():
    """Nine views along one shelf: all are placed although only neighbours overlap."""
    shelf = read(CANS[0], 0)
    starts = np.linspace(0, shelf.shape[1] - 500, 9).astype(int)
    cut = [np.ascontiguousarray(shelf[100:900, x : x + 500]) for x in starts]
    nothing = np.zeros((0, 4), np.float32)
    views = [view(nothing, (500, 800)) for _ in cut]
    together = stitch(views, [find_keypoints(one) for one in cut], lambda number, _: cut[number])
    assert together.plane

    lefts = [float(h[0, 2]) for h in together.plane.homographies if h is not None]
    np.testing.assert_allclose(lefts, starts, atol=12)


@pytest.mark.parametrize("seed", range(2))
def test_two_views_of_one_shelf_share_what_both_show(seed: int):
    """Views turned and tilted by chance: the facings both show are found, and no others."""
    rng = np.random.default_rng(seed)
    photos = [p for p in labelled_shelves() if p.domain == "boxes" and len(p.of(PRODUCT)) > 15]
    photo = photos[seed % len(photos)]
    pixels, boxes = read(photo.path.stem, 0), photo.of(PRODUCT)
    side = (round(photo.width * 0.65), photo.height)
    homographies = [_look(rng, x, photo.height, side) for x in (0.0, photo.width * 0.35)]
    shown = [cv2.warpPerspective(pixels, h, side) for h in homographies]
    seen = [_boxes(boxes, h, side) for h in homographies]
    together = stitch(
        [view(moved[kept], side) for moved, kept in seen],
        [find_keypoints(one) for one in shown],
        lambda number, _: shown[number],
    )

    both = int((seen[0][1] & seen[1][1]).sum())
    assert both == sum(int(flags.sum()) for flags in together.duplicates)


def _look(
    rng: np.random.Generator, left: float, height: float, side: tuple[int, int]
) -> np.ndarray:
    """A homography from the shelf to a view of it from x = left on."""
    width = side[0]
    right = left + width
    corners = np.array([[left, 0], [right, 0], [right, height], [left, height]])
    moved = corners + rng.normal(0, 0.015 * width, (4, 2))
    there = np.array([[0, 0], [side[0], 0], side, [0, side[1]]], np.float32)
    return cv2.getPerspectiveTransform(moved.astype(np.float32), there)


def _boxes(
    boxes: np.ndarray, homography: np.ndarray, side: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Where the view shows the boxes, and which it shows whole."""
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 1, 2)
    there = cv2.perspectiveTransform(corners, homography).reshape(-1, 4, 2)
    moved = np.concatenate([there.min(axis=1), there.max(axis=1)], axis=1)
    whole = (moved[:, :2] >= 0).all(axis=1) & (moved[:, 2:] <= side).all(axis=1)
    return moved, whole
