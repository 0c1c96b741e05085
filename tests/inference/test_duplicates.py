"""Which boxes of different photos are one facing, and which of them counts."""

import numpy as np

from inference.duplicates import View, duplicates, group, match_boxes
from inference.overlap import Overlap

SIZE = (1000, 800)
GRID = np.array([[x, y] for x in range(300, 1000, 20) for y in range(0, 800, 20)], np.float32)


def view(*boxes: tuple[float, float, float, float], sure: float = 0.0) -> View:
    """Facings of a photo of 1000 x 800 that all look the same."""
    return View(
        *SIZE,
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        vectors=np.ones((len(boxes), 1), np.float32),
        confidences=np.full(len(boxes), sure, np.float32),
        lines=np.zeros((0, 4), np.float32),
    )


def shifted(by: float = -300, *, more: float = 0) -> Overlap:
    """The second photo shows everything 300 px further left; packs a little further still."""
    homography = np.array([[1.0, 0, by], [0, 1, 0], [0, 0, 1]])
    return Overlap(homography, GRID, GRID + np.array([by + more, 0], np.float32))


def flags(*views: View, more: float = 0) -> list[list[bool]]:
    """The duplicates of two photos side by side."""
    found = duplicates(views, group(views, {(0, 1): shifted(more=more)}))
    return [one.tolist() for one in found]


def test_the_first_of_two_equal_views_counts():
    """Everything else being the same."""
    assert [[False], [True]] == flags(view((400, 100, 500, 300)), view((100, 100, 200, 300)))


def test_the_larger_view_counts():
    """More pixels of the pack."""
    assert [[True], [False]] == flags(view((400, 100, 500, 300)), view((95, 90, 205, 310)))


def test_the_named_view_counts():
    """Although it is smaller."""
    near = view((400, 100, 500, 300))

    assert [[True], [False]] == flags(near, view((105, 110, 195, 290), sure=0.9))


def test_a_view_that_the_edge_cuts_does_not_count():
    """Although it is named, and shows little more than half of the pack."""
    whole, cut = view((320, 100, 420, 300)), view((0, 100, 120, 300), sure=0.9)

    assert [[False], [True]] == flags(whole, cut)


def test_neighbours_are_not_each_other():
    """Of three packs side by side two are on both photos."""
    first = view((400, 100, 490, 300), (500, 100, 590, 300))
    second = view((100, 100, 190, 300), (200, 100, 290, 300), (300, 100, 390, 300))

    assert [[False, False], [True, True, False]] == flags(first, second)


def test_packs_that_stand_back_are_found_by_the_points_on_them():
    """All points say 60 px more than the plane does; that is more than half a pack."""
    first = view((400, 100, 500, 300), (500, 100, 600, 300))
    second = view((160, 100, 260, 300), (260, 100, 360, 300))

    assert [[False, False], [True, True]] == flags(first, second, more=60)


def test_each_box_has_one_partner():
    """Two boxes over one pack: the better one is the same facing, the other counts on its own."""
    pairs = match_boxes(
        view((400, 100, 500, 300)), view((100, 100, 200, 300), (110, 100, 220, 300)), shifted()
    )

    assert [(0, 0)] == [(here, there) for _, here, there in pairs]


def test_two_boxes_of_one_photo_are_never_one_facing():
    """Photo 1 = photo 2 = another box of photo 1: the weaker statement is dropped."""
    views = [
        view((100, 0, 200, 100), (130, 0, 230, 100)),
        view((100, 0, 200, 100)),
        view((110, 0, 210, 100)),
    ]
    stay = {pair: shifted(0) for pair in ((0, 1), (0, 2), (1, 2))}
    facings = group(views, stay)

    assert 2 == len(set(facings[0].tolist()))
    assert facings[0][0] == facings[1][0]


def test_three_views_of_a_facing_count_once():
    """One number, two duplicates."""
    views = [view((100, 100, 200, 200))] * 3
    facings = group(views, {pair: shifted(0) for pair in ((0, 1), (0, 2), (1, 2))})

    assert [0, 0, 0] == [int(numbers[0]) for numbers in facings]
    assert 2 == sum(int(one.sum()) for one in duplicates(views, facings))


def test_no_facing_is_no_duplicate():
    """Photos without products."""
    assert [[], []] == flags(view(), view())
