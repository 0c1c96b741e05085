"""A box that overlaps a better one is doubted."""

import numpy as np
import pytest

from inference.card import Crowding
from inference.crowding import discounted
from inference.types import Floats

RULE = Crowding(weight=0.6, free=0.2)


def scores(boxes: list[list[float]], given: list[float], labels: list[int] | None = None) -> Floats:
    """Discounted scores."""
    found = np.array(boxes, np.float32), np.array(given, np.float32)
    kinds = np.array(labels or [0] * len(boxes), np.int32)
    return discounted(*found, kinds, RULE)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([0, 0, 100, 50], 0.8 * (1 - 0.6 * 0.3)),  # half of it: IoU 0.5
        ([90, 0, 190, 100], 0.8),  # a neighbour: IoU 0.05
        ([500, 0, 600, 100], 0.8),
    ],
)
def test_half_a_pack_loses_score_and_a_neighbour_does_not(second: list[float], expected: float):
    """Overlap costs only what goes beyond the free share."""
    first, other = scores([[0, 0, 100, 100], second], [0.9, 0.8])

    assert first == pytest.approx(0.9)
    assert other == pytest.approx(expected)


def test_only_a_better_box_of_the_same_label_counts():
    """A price tag before a product costs neither anything; the better box never pays."""
    boxes = [[0.0, 0, 100, 100], [0.0, 0, 100, 50], [0.0, 50, 100, 100]]

    assert np.allclose([0.9, 0.8, 0.7], scores(boxes, [0.9, 0.8, 0.7], [0, 1, 2]))


def test_the_worst_overlap_counts_once_however_many_there_are():
    """In however many blocks: 200 boxes beside each other, then one that covers half of each."""
    row = [[100.0 * i, 0, 100.0 * i + 100, 100] for i in range(200)]
    halves = [[100.0 * i, 0, 100.0 * i + 100, 50] for i in range(200)]

    found = scores(row + halves, [0.9] * 200 + [0.8] * 200)

    assert np.allclose([0.9] * 200 + [0.8 * 0.82] * 200, found)


def test_nothing_found_nothing_to_doubt():
    """No box, no score."""
    nothing = np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32)

    assert [] == discounted(*nothing, RULE).tolist()
