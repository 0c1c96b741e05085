"""Shelves are read off the labelled lines and compared up to their numbering."""

import numpy as np

from bench.accuracy.photos import PRODUCT, labelled_shelves
from bench.accuracy.standing import (
    NO_SHELF,
    exactly_right,
    numbered,
    rightly_grouped,
    true_shelves,
)
from tests.bench.boxes import shelf

WHOLE = ((0, 300, 1000, 310), (0, 600, 1000, 600))


def ints(*values: int) -> np.ndarray:
    """(n,) int32."""
    return np.array(values, np.int32)


def test_a_facing_stands_on_the_first_line_under_it():
    """Stacked facings and one that reaches behind the shelf's lip have the line of their shelf."""
    photo = shelf("0 100 90 200 \n 0 200 90 302 \n 200 210 300 330 \n 500 500 600 590", WHOLE)

    assert [0, 0, 0, 1] == true_shelves(photo).tolist()


def test_a_flat_facing_may_be_behind_the_lip_too():
    """The lip of a shelf is as high for a flat pack as for its tall neighbours."""
    photo = shelf("0 100 90 300 \n 100 100 190 300 \n 200 290 300 320 \n 0 500 90 600", WHOLE)

    assert [0, 0, 0, 1] == true_shelves(photo).tolist()


def test_below_the_last_line_is_one_more_shelf():
    """Where the photo ends above the next line, its facings have a shelf of their own."""
    photo = shelf("0 100 90 300 \n 0 640 90 800 \n 500 650 600 800", WHOLE)

    assert [0, 1, 1] == true_shelves(photo).tolist()


def test_shelves_without_facings_are_not_counted():
    """The first line carries nothing labelled: counting begins at the second."""
    assert [0] == true_shelves(shelf("0 500 90 600", WHOLE)).tolist()


def test_lines_of_racks_side_by_side_are_one_shelf():
    """Lines that continue each other within half a facing are one shelf, else two."""
    racks = ((0, 300, 400, 300), (420, 340, 1000, 340), (0, 600, 400, 600), (420, 750, 1000, 750))
    photo = shelf(
        "0 200 90 300 \n 500 240 600 340 \n 0 500 90 600 \n 500 650 600 750",
        racks,
    )

    assert [0, 0, 1, 2] == true_shelves(photo).tolist()


def test_what_hangs_beside_the_lines_is_not_judged():
    """No line runs under it, though lines elsewhere are lower."""
    photo = shelf("0 200 90 300 \n 900 250 990 500", ((0, 300, 700, 300), (0, 600, 700, 600)))

    assert [0, NO_SHELF] == true_shelves(photo).tolist()


def test_a_line_that_leaves_the_photo_goes_on():
    """A sloping line that reaches the bottom edge carries what is right of there too."""
    photo = shelf("0 600 90 700 \n 900 700 990 800", ((0, 700, 800, 800),))

    assert [0, 0] == true_shelves(photo).tolist()


def test_another_numbering_groups_as_well():
    """A shelf found on top shifts every index, but parts no two facings wrongly."""
    true, found = ints(0, 0, 1, 1), ints(1, 1, 2, 2)

    assert (0, 4) == (exactly_right(found, true), rightly_grouped(found, true))


def test_merged_and_split_shelves_cost_the_smaller_part():
    """Each found shelf stands for one true shelf at most, and the other way round."""
    assert 3 == rightly_grouped(ints(0, 0, 0, 0, 0), ints(0, 0, 1, 1, 1))
    assert 3 == rightly_grouped(ints(0, 1, 2, 2, 2), ints(0, 0, 0, 0, 0))
    assert 4 == rightly_grouped(ints(0, 0, 0, 1, 1), ints(0, 0, 1, 1, 1))


def test_pairing_is_the_best_not_the_first():
    """A greedy pairing by the largest pile would lose here."""
    true = ints(*[0] * 5, *[1] * 4, *[0] * 4)
    found = ints(*[0] * 5, *[0] * 4, *[1] * 4)

    assert 8 == rightly_grouped(found, true)


def test_what_is_not_judged_does_not_count():
    """Facings on a hook are left out of both figures."""
    true, found = ints(0, NO_SHELF), ints(0, 3)

    assert (1, 1) == (exactly_right(found, true), rightly_grouped(found, true))


def test_shelves_without_labelled_facings_are_not_numbered():
    """Shelf 0 lies mostly in an ignored region; shelf 1 does too, but a facing is on it."""
    found = ints(0, 0, 0, 1, 1, 1, 2)
    ignored = np.array([True, True, False, True, True, False, False])
    facing = np.array([False, False, False, False, False, True, False])

    assert [1, 2] == numbered(found, facing, ignored).tolist()


def test_a_row_that_runs_into_the_next_rack_is_one_shelf():
    """Four packs of one brand side by side, the last two on the rail of the rack beside."""
    photo = next(p for p in labelled_shelves() if p.name == "jp_20240913_161312_1107_3.jpg")
    boxes, shelves = photo.of(PRODUCT), true_shelves(photo)

    beside = (boxes[:, 0] > 1700) & (boxes[:, 3] > 470) & (boxes[:, 3] < 490)
    assert [1, 1, 1, 1] == shelves[beside].tolist()
