"""Shortlists become probabilities."""

import math

import numpy as np
import pytest

from inference.confidence import Confidence, confidence
from inference.types import Shortlists

GIVEN = Confidence(intercept=-3.0, cosine=4.0, margin=10.0, runner_up=0.2)


def shortlists(*scores: float, rival: float = 0.0) -> Shortlists:
    """One shortlist of SKUs 1, 2 ... with these cosines."""
    empty = 5 - len(scores)
    ids = [*range(1, 1 + len(scores)), *[-1] * empty]
    return Shortlists(
        np.array([ids]),
        np.array([[*scores, *[0.0] * empty]], np.float32),
        np.array([rival], np.float32),
    )


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.8, 0.5), -3 + 4 * 0.8 + 10 * 0.3),
        ((0.8, 0.8), -3 + 4 * 0.8),
        ((0.8, 0.1), -3 + 4 * 0.8 + 10 * 0.6),
        ((0.8,), -3 + 4 * 0.8 + 10 * 0.6),
        ((0.1,), -3 + 4 * 0.1 + 10 * -0.1),
    ],
    ids=["of two", "a tie", "a distant second", "alone", "alone and far"],
)
def test_confidence_follows_the_formula(scores: tuple[float, ...], expected: float):
    """The second counts at least as what any other product reaches."""
    (found,) = confidence(shortlists(*scores), GIVEN)

    assert pytest.approx(1 / (1 + math.exp(-expected)), abs=1e-5) == float(found)


@pytest.mark.parametrize(
    ("rival", "expected"),
    [(0.9, -3 + 5 * (0.8 - 0.9)), (0.5, -3 + 5 * (0.8 - 0.5)), (0.1, -3 + 5 * (0.8 - 0.2))],
    ids=["nearer than the facing", "farther", "as far as any other product"],
)
def test_a_rival_nearer_than_the_facing_costs_confidence(rival: float, expected: float):
    """If another pack is more like the reference than the facing is, it may be a third one."""
    given = Confidence(intercept=-3.0, cosine=0.0, margin=0.0, lead=5.0, runner_up=0.2)

    (found,) = confidence(shortlists(0.8, 0.6, rival=rival), given)

    assert pytest.approx(1 / (1 + math.exp(-expected)), abs=1e-5) == float(found)


def test_nothing_found_is_no_confidence():
    """An empty gallery is sure of nothing."""
    assert [0.0] == confidence(shortlists(), GIVEN).tolist()
