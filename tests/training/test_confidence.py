"""Confidence is fitted so that it means what it says."""

import numpy as np

from inference.card import Confidence
from inference.confidence import confidence
from inference.types import Shortlists
from training.confidence import Queries, at, fit, judged_by_others, threshold_for

TRUE = Confidence(intercept=-3.0, cosine=3.0, margin=10.0, runner_up=0.2)


def queries(count: int) -> Queries:
    """Shortlists whose first SKU is right as often as a known curve says; all are known."""
    rng = np.random.default_rng(0)
    scores = np.sort(rng.uniform(-0.2, 1, (count, 2)), axis=1)[:, ::-1].astype(np.float32)
    found = Shortlists(np.tile([1, 2], (count, 1)), scores)
    right = rng.random(count) < confidence(found, TRUE)
    known = right | (rng.random(count) < 0.5)
    return Queries(found, right, known, rng.integers(0, 4, count))


def test_the_curve_is_found():
    """What is fitted says the share that is right, wherever one looks."""
    some = queries(20_000)
    sure, weights = confidence(some.shortlists, fit(some)), some.weights()

    for low in np.arange(0.1, 0.9, 0.1):
        here = (sure >= low) & (sure < low + 0.1)
        share = (weights * some.right)[here].sum() / weights[here].sum()
        assert abs(share - sure[here].mean()) < 0.05
    assert 0.2 == fit(some).runner_up


def test_a_scene_is_judged_by_the_others():
    """Its own truth changes nothing of its confidences."""
    some = queries(400)
    here = some.scenes == 1
    lied = Queries(some.shortlists, some.right ^ here, some.known | here, some.scenes)

    assert np.array_equal(judged_by_others(some)[here], judged_by_others(lied)[here])


def test_the_threshold_holds_what_is_wanted():
    """It is the lowest that does."""
    some = queries(4000)
    sure = confidence(some.shortlists, TRUE)
    threshold = threshold_for(some, sure, 0.9)

    assert at(some, sure, threshold)["precision"] >= 0.9
    assert at(some, sure, threshold - 0.005)["precision"] < 0.9
