"""Photos laid on one plane, shelves level."""

from collections.abc import Mapping

import numpy as np

from inference.duplicates import View
from inference.overlap import Overlap
from inference.placing import LONGEST, Plane, place
from inference.projection import project

NO_LINES = np.zeros((0, 4), np.float32)


def view(lines: np.ndarray = NO_LINES) -> View:
    """A photo of 1000 x 800 without products."""
    nothing = np.zeros((0, 4), np.float32)
    return View(1000, 800, nothing, nothing[:, :1], nothing[:, 0], lines.astype(np.float32))


def moved(x: float, y: float = 0, *, weight: int = 50, zoom: float = 1) -> Overlap:
    """The first photo lies x, y pixels beside the second."""
    points = np.zeros((weight, 2), np.float32)
    return Overlap(np.array([[zoom, 0, x], [0, zoom, y], [0, 0, 1.0]]), points, points)


def placed(count: int, overlaps: Mapping[tuple[int, int], Overlap]) -> Plane:
    """So many photos on one plane."""
    plane = place([view()] * count, overlaps)
    assert plane
    return plane


def corner(plane: Plane, photo: int) -> list[int] | None:
    """Where the photo's top left corner lies."""
    homography = plane.homographies[photo]
    if homography is None:
        return None
    return np.rint(project(np.zeros((1, 2)), homography)[0]).astype(int).tolist()


def test_the_plane_just_holds_the_photos():
    """Side by side, with 400 pixels in common."""
    plane = placed(2, {(0, 1): moved(-600)})

    assert (1600, 800) == (plane.width, plane.height)
    assert [[0, 0], [600, 0]] == [corner(plane, 0), corner(plane, 1)]


def test_photos_that_do_not_overlap_are_not_placed_together():
    """None; nothing can be said."""
    assert place([view(), view()], {}) is None


def test_the_larger_group_is_placed():
    """What hangs together with nothing of it stays out."""
    plane = placed(5, {(0, 3): moved(-500), (1, 2): moved(-500), (2, 4): moved(-500)})

    assert [None, [0, 0], [500, 0], None, [1000, 0]] == [corner(plane, n) for n in range(5)]


def test_of_equal_groups_the_first_is_placed():
    """So the same photos give the same picture."""
    plane = placed(4, {(2, 3): moved(-500, weight=900), (0, 1): moved(-500)})

    assert [True, True, False, False] == [h is not None for h in plane.homographies]


def test_the_better_proof_counts():
    """Where three photos overlap in pairs, the weakest pair is not asked."""
    weak = moved(-1500, weight=10)
    plane = placed(3, {(0, 1): moved(-500), (1, 2): moved(-500), (0, 2): weak})

    assert [1000, 0] == corner(plane, 2)


def test_a_photo_that_would_be_drawn_absurdly_is_left_out():
    """Five times as large as the one in the middle."""
    plane = placed(3, {(0, 1): moved(-500), (1, 2): moved(0, zoom=0.2)})

    assert [True, True, False] == [h is not None for h in plane.homographies]


def test_a_large_plane_is_made_smaller():
    """Its long side has a limit."""
    plane = placed(8, {(n, n + 1): moved(-900) for n in range(7)})

    assert (LONGEST, 449) == (plane.width, plane.height)


def test_shelves_run_level():
    """Lines that meet far to the right are parallel afterwards."""
    lines = np.array([[0, 100, 1000, 160], [0, 400, 1000, 400], [0, 700, 1000, 640]], np.float32)
    plane = place([view(lines), view()], {(0, 1): moved(-600)})
    assert plane
    assert plane.homographies[0] is not None
    ends = project(lines.reshape(-1, 2), plane.homographies[0])

    np.testing.assert_allclose(ends[::2, 1], ends[1::2, 1], atol=2)


def test_one_shelf_is_turned_level():
    """There is no perspective to be seen, only a camera held askew."""
    lines = np.array([[0, 400, 1000, 450]], np.float32)
    plane = place([view(lines), view()], {(0, 1): moved(-600)})
    assert plane
    assert plane.homographies[0] is not None
    (_, left), (_, right) = project(lines.reshape(-1, 2), plane.homographies[0])

    assert abs(left - right) < 1
