"""At which scale a photo of small products is looked at once more."""

import numpy as np
import pytest

from inference.card import CloserLook, DetectorInput
from inference.closer_look import closer_long_side
from inference.types import Floats

LOOK = CloserLook(typical_side=30, score=0.5, most=1920)
GIVEN = DetectorInput(long_side=576, more_long_sides=(960,), closer_look=LOOK)


def squares(side: float, count: int = 3) -> Floats:
    """Boxes of one size."""
    return np.array([[0, 0, side, side]] * count, np.float32)


@pytest.mark.parametrize(
    ("side", "long_side"),
    [
        (200, None),  # 64 px at 960
        (94, None),  # 30 px at 960: just large enough
        (60, 1472),  # 30 px where there were 60: 3000 * 0.5 = 1500, in steps of 64
        (20, 1920),  # 4500 would be right; the card's most
    ],
)
def test_small_products_are_looked_at_more_closely(side: float, long_side: int | None):
    """The scale follows the products found, within the card's limit."""
    assert long_side == closer_long_side(squares(side), 3000, 2000, GIVEN)


def test_half_of_the_products_decide():
    """A few huge boxes, or a few tiny ones, do not move the median."""
    boxes = np.concatenate([squares(60, 5), squares(2900, 2), squares(5, 2)])

    assert 1472 == closer_long_side(boxes, 3000, 2000, GIVEN)


def test_nothing_seen_nothing_to_go_by():
    """Without products there is no scale to choose."""
    assert closer_long_side(np.zeros((0, 4), np.float32), 3000, 2000, GIVEN) is None


def test_only_where_the_card_asks():
    """Models of others are read as they say."""
    assert closer_long_side(squares(20), 3000, 2000, DetectorInput(long_side=640)) is None
