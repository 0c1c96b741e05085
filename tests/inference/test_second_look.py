"""At which scale a photo is read again."""

import numpy as np
import pytest

from inference.card import DetectorInput, SecondLook
from inference.second_look import second_input
from inference.types import Floats

LOOK = SecondLook(typical_side=60, score=0.5, least=320, most=1600)
GIVEN = DetectorInput(long_side=448, second_look=LOOK)


def squares(side: float, count: int = 3) -> Floats:
    """Boxes of one size."""
    return np.array([[0, 0, side, side]] * count, np.float32)


@pytest.mark.parametrize(
    ("side", "long_side"),
    [
        (200, 896),  # 60 px where there were 200: 3000 * 0.3 = 900, in steps of 64
        (400, None),  # 60 px at 450: what the first look was
        (50, 1600),  # 3600 would be right; the card's most
        (900, 320),  # 200 would be right; the card's least
    ],
)
def test_typical_product_gets_its_size(side: float, long_side: int | None):
    """The scale follows the products of the first look, within the card's limits."""
    again = second_input(squares(side), 3000, 2000, GIVEN)

    assert long_side == (again.long_side if again else None)


def test_half_of_the_products_decide():
    """A few huge boxes, or a few tiny ones, do not move the median."""
    boxes = np.concatenate([squares(200, 5), squares(2900, 2), squares(5, 2)])

    again = second_input(boxes, 3000, 2000, GIVEN)

    assert again is not None
    assert 896 == again.long_side


def test_nothing_seen_nothing_to_look_at_again():
    """Without products of the first look there is no scale to go by."""
    assert second_input(np.zeros((0, 4), np.float32), 3000, 2000, GIVEN) is None


def test_only_where_the_card_asks():
    """Models of others are read once."""
    assert second_input(squares(20), 3000, 2000, DetectorInput(long_side=640)) is None
