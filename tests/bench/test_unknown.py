"""How well facings are put together."""

import numpy as np
import pytest

from bench.unknown import b_cubed


@pytest.mark.parametrize(
    ("labels", "precision", "recall"),
    [
        ([0, 0, 1, 1], 1.0, 1.0),
        ([5, 5, 5, 5], 0.5, 1.0),
        ([0, 1, 2, 3], 1.0, 0.5),
        ([0, 1, 1, 1], (1 + 1 / 3 + 2 / 3 + 2 / 3) / 4, (0.5 + 0.5 + 1 + 1) / 4),
    ],
)
def test_b_cubed_asks_every_facing(labels: list[int], precision: float, recall: float):
    """Which of those beside it belong there, and which of its own are beside it."""
    found = b_cubed(np.array(labels), np.array([0, 0, 1, 1]))

    assert pytest.approx((precision, recall)) == found
