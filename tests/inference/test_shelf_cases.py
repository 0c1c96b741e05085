"""What is one shelf and what is none: a case each, made by hand."""

import numpy as np

from inference.shelves import arrange
from tests.inference.drawn import NO_TAGS, SIZE, boxes, row, tags_under


def test_a_price_tag_parts_what_touches():
    """Two boxes that touch are a stack, unless a tag hangs between them."""
    found = boxes((0, 0, 90, 100), (0, 103, 90, 200))
    tag = boxes((20, 95, 70, 112))

    assert [0, 0] == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0, 1] == arrange(found, tag, SIZE).shelf_index.tolist()


def test_a_loose_stack_is_one_stack_where_tags_tell_the_rail():
    """Three boxes with gaps of 15 pixels: too wide to touch, too narrow for a rail of 40."""
    stack = boxes((0, 0, 90, 90), (0, 105, 90, 195), (0, 210, 90, 300))

    assert [0, 1, 2] == arrange(stack, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0, 0, 0] == arrange(stack, tags_under(300, count=1), SIZE).shelf_index.tolist()


def test_a_shelf_below_begins_under_the_rail():
    """With a rail between them, a box above a box is a shelf of its own."""
    found = np.r_[row(100), row(250)]

    shelves = arrange(found, tags_under(100), SIZE)

    assert [0] * 5 + [1] * 5 == shelves.shelf_index.tolist()


def test_a_false_alarm_above_the_top_shelf_shifts_nothing():
    """A lamp taken for a product, less sure than the facings, is put on the nearest shelf."""
    found, scores = np.r_[boxes((500, 5, 600, 105)), row(300), row(600)], np.full(11, 0.8, "f4")

    assert [0] + [1] * 5 + [2] * 5 == arrange(found, NO_TAGS, SIZE, scores).shelf_index.tolist()
    scores[0] = 0.55
    assert [0] * 6 + [1] * 5 == arrange(found, NO_TAGS, SIZE, scores).shelf_index.tolist()


def test_one_facing_alone_stands_on_a_shelf():
    """A sure facing needs no company, a small one with a tag under it neither."""
    alone, small = boxes((300, 200, 390, 300)), boxes((300, 250, 360, 300))
    found = np.r_[alone, row(600), row(900)]
    scores = np.full(11, 0.8, "f4")

    assert 3 == len(arrange(found, NO_TAGS, SIZE, scores).lines)
    found[:1] = small
    assert 2 == len(arrange(found, NO_TAGS, SIZE, scores).lines)
    assert 3 == len(arrange(found, tags_under(300, x=300, count=1), SIZE, scores).lines)
    assert 3 == len(arrange(found, NO_TAGS, SIZE).lines)


def test_labels_on_a_rail_are_no_shelf():
    """Boxes as low as the tags beside them, on the same rail, belong to the shelf of the rail."""
    labels = boxes((70, 305, 98, 342), (170, 305, 198, 342), (510, 305, 580, 345))
    found = np.r_[row(300), labels, row(600)]

    shelves = arrange(found, tags_under(300), SIZE)

    assert [0] * 8 + [1] * 5 == shelves.shelf_index.tolist()
    assert np.allclose([300, 600], shelves.lines[:, 1], atol=3)


def test_bags_on_hooks_belong_to_the_shelf_they_hang_over():
    """What hangs between boxes, half as high above their line, is on their shelf."""
    bags = boxes((500, 160, 590, 265), (600, 150, 690, 255))
    found = np.r_[row(300), bags, row(300, x=700), row(600, count=12)]

    assert [0] * 12 + [1] * 12 == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()


def test_bins_one_behind_the_other_are_two_shelves():
    """The line of the row behind cuts the bottles in front, but each row stands on one line."""
    behind = np.r_[row(240, x=300, count=3, height=240), row(240, x=900, count=3, height=240)]
    front = np.r_[row(400, count=3, height=300), row(400, x=600, count=3, height=300)]

    shelves = arrange(np.r_[behind, front], NO_TAGS, SIZE)

    assert [0] * 6 + [1] * 6 == shelves.shelf_index.tolist()


def test_racks_side_by_side_have_shelves_of_their_own():
    """Boards of two racks that differ by a facing's height are counted from the top together."""
    left, right = (300, 600), (400, 750)
    found = np.concatenate([row(y) for y in left] + [row(y, x=600) for y in right])
    tags = np.concatenate([tags_under(y) for y in left] + [tags_under(y, x=600) for y in right])
    expected = [0] * 5 + [2] * 5 + [1] * 5 + [3] * 5

    assert expected == arrange(found, tags, SIZE).shelf_index.tolist()
    assert expected == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()


def test_tags_tell_boards_apart_that_boxes_cannot():
    """The last facing of a rack looks as if it stood on the board beside; its tag knows better."""
    found = np.r_[row(500, x=400, count=1), row(560, x=500)]
    tags = np.r_[tags_under(500, x=400, count=1), tags_under(560, x=500)]

    assert [0] * 6 == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0] + [1] * 5 == arrange(found, tags, SIZE).shelf_index.tolist()


def test_racks_whose_boards_nearly_meet_share_their_shelves():
    """Boards that part by less than half a facing are one shelf, whatever hides their line."""
    sunk = row(270, height=60)
    found = np.r_[sunk, row(320, x=600), row(600), row(610, x=600)]
    tags = np.r_[tags_under(290), tags_under(320, x=600)]

    assert [0] * 10 + [1] * 10 == arrange(found, tags, SIZE).shelf_index.tolist()
