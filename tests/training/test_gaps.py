"""Gaps: what is missing in the front row, as wide as the place it leaves."""

import numpy as np

from training.facings import Facing, Shelf
from training.gaps import Row, leave_gaps
from training.plane import GAP, Item, Plane, opaque
from training.shelves import visible_boxes

SHELF = Shelf(top=100, base=200, scale=5)


def facing(x: int, column: int) -> Facing:
    """A pack of 40 x 60 pixels on the shelf."""
    sprite = opaque(np.full((60, 40, 3), 200, np.uint8))
    return Facing(sprite, x, 140, 1, 3, column, standing=True)


def emptied(seed: int) -> Row:
    """A row of six packs side by side, after it may have lost some."""
    row = Row(SHELF, 10, [[facing(100 + 42 * n, n) for n in range(6)]], [])
    leave_gaps(np.random.default_rng(seed), [row], (500, 300))
    return row


def test_gap_lies_between_its_neighbours():
    """A gap reaches from pack to pack, from the board to the height of what is missing."""
    for gap in (gap for seed in range(20) for gap in emptied(seed).gaps):
        assert gap.x2 - gap.x1 >= 0.8 * 40
        assert (140, 200) == (gap.y1, gap.y2)


def test_gap_and_packs_never_overlap():
    """What stands still in the row stands outside its gaps."""
    for row in map(emptied, range(20)):
        for gap in row.gaps:
            assert all(f.right <= gap.x1 or f.x >= gap.x2 for f in row.groups[0])


def test_some_rows_stay_full():
    """Gaps are no rule."""
    numbers = [len(emptied(seed).gaps) for seed in range(20)]

    assert 0 in numbers
    assert max(numbers) >= 1


def test_claimed_place_shows_what_is_there():
    """A gap paints nothing, and what is drawn over it later takes its pixels."""
    plane = Plane(np.full((80, 100, 3), 7, np.uint8), np.zeros((80, 100), np.int16))
    plane.claim(10, 10, 60, 50, Item(GAP))
    plane.fill(0, 40, 100, 80, np.zeros(3))

    boxes, labels, _ = visible_boxes(plane, plane.owners, np.eye(3))

    assert [[10, 10, 60, 40]] == boxes.tolist()
    assert [GAP] == labels.tolist()
    assert (plane.pixels[10:40] == 7).all()
