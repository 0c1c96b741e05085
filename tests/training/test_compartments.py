"""Compartments: what lies in front counts, the heap behind does not, an empty one is a gap."""

import numpy as np

from training.brands import KINDS
from training.compartments import draw_boards, draw_dividers, fill_compartments
from training.facings import Shelf
from training.materials import Materials
from training.packages import Package
from training.plane import Plane
from training.stores import random_store

SHELF = Shelf(top=50, base=250, scale=8)
STORE = random_store(np.random.default_rng(0), Materials())
PACK = Package(np.full((60, 90, 4), 200, np.uint8), 9, KINDS[0], 0)


def rows(number: int) -> list:
    """Some shelves of compartments, 600 pixels wide."""
    seeds = range(number)
    return [
        fill_compartments(np.random.default_rng(seed), SHELF, 600, lambda: (4, PACK))
        for seed in seeds
    ]


def test_every_compartment_holds_one_sku_or_is_a_gap():
    """Between two dividers there is a group, or a gap from wall to wall."""
    for row in rows(10):
        assert len(row.dividers) - 1 == len(row.groups) + len(row.gaps)
        assert all(gap.x1 in row.dividers and gap.x2 in row.dividers for gap in row.gaps)
        assert {4} >= {facing.sku for group in row.groups for facing in group}


def test_at_most_two_packs_lie_in_front():
    """All others of a compartment lie behind, higher than the front edge."""
    for group in (group for row in rows(10) for group in row.groups):
        front = [facing for facing in group if not facing.behind]

        assert len(front) <= 2
        assert all(f.bottom < SHELF.base for f in group if f.behind)
        assert not any(facing.standing for facing in group)


def test_some_are_empty_and_some_hold_a_heap_only():
    """Both happen, neither is the rule."""
    filled = rows(30)
    groups = [group for row in filled for group in row.groups]
    vague = [group for group in groups if all(facing.behind for facing in group)]
    gaps = sum(len(row.gaps) for row in filled)

    assert 0 < gaps < 0.2 * len(groups)
    assert 0 < len(vague) < 0.4 * len(groups)


def test_walls_and_boards_belong_to_nothing():
    """Wood is drawn and owned by no item."""
    plane = Plane(np.zeros((300, 600, 3), np.uint8), np.zeros((300, 600), np.int16))
    dividers = (0.0, 150.0, 320.0, 600.0)
    draw_dividers(np.random.default_rng(1), plane, SHELF, dividers, STORE)
    draw_boards(np.random.default_rng(1), plane, SHELF, dividers, STORE)

    assert plane.pixels[SHELF.base - 10 : SHELF.base].any(2).mean() > 0.9
    assert not plane.owners.any()
