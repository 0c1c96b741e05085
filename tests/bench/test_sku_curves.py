"""Confidence is fitted so that it means what it says."""

import numpy as np
import pytest

from bench.accuracy.skus.answers import Answers
from bench.accuracy.skus.curves import Asked, calibrated, cross_fitted, fit, rate, together
from bench.accuracy.skus.figures import calibration_error, reliability
from inference.confidence import Confidence, confidence
from inference.types import Shortlists
from tests.bench.test_sku_draws import CARD

TRUE = Confidence(intercept=-1.0, cosine=0.0, margin=20.0, lead=10.0, runner_up=0.0)


def answers(seed: int, count: int, *, known: bool = True) -> Answers:
    """Shortlists whose first SKU is right as often as a curve says; of strangers never."""
    rng = np.random.default_rng(seed)
    scores = np.sort(rng.uniform(0.4, 1, (count, 5)).astype(np.float32), axis=1)[:, ::-1]
    if not known:
        scores = scores * np.float32([0.9, 1, 1, 1, 1])
    rivals = rng.uniform(0.4, 1, count).astype(np.float32)
    ids = np.tile(np.arange(5), (count, 1))
    right = rng.random(count) < confidence(Shortlists(ids, scores, rivals), TRUE)
    return Answers(
        asked=np.arange(count),
        sku=np.where(right & known, 0, 9),
        candidates=ids,
        scores=scores,
        rivals=rivals,
        sure=np.zeros(count, np.float32),
        named=np.zeros(count, np.bool_),
        pictures=np.zeros((count, 2), np.int64),
    )


def group(seed: int, count: int = 4000) -> Asked:
    """Known facings and strangers."""
    return Asked(answers(seed, count), answers(seed + 100, count // 2, known=False))


def test_confidence_is_how_often_it_is_right():
    """Also of facings that the curve was not fitted to."""
    card = calibrated(CARD, group(0))
    new = rate(group(1), card)

    assert calibration_error(reliability(new.known, new.strange)) < 0.04


def test_both_comparisons_are_found_to_count():
    """The margin to the second, and the lead over the rival."""
    curve = fit(group(0))

    assert 0 < curve.lead < curve.margin


def test_a_group_is_judged_by_the_others():
    """Its own truth changes nothing of its confidences."""
    truth = [group(0, 400), group(1, 400), group(2, 400)]
    turned = Asked(answers(7, 400), truth[1].strange)
    lied = [truth[0], turned, truth[2]]

    honest, fooled = (cross_fitted([CARD] * 3, each)[1] for each in (truth, lied))

    assert honest == fooled


@pytest.mark.parametrize("precision", [0.8, 0.9])
def test_the_threshold_holds_what_is_wanted(precision: float):
    """It is the lowest that does: names are right that often, strangers rarely get one."""
    asked = group(0)
    card = calibrated(CARD, asked, precision)
    told = rate(asked, card)

    right = told.known.right[told.known.named].mean()
    assert right >= precision
    assert told.strange.named.mean() <= 0.1
    assert min(right - precision, 0.1 - told.strange.named.mean()) < 0.01


def test_answers_are_put_together():
    """Known to known, strange to strange."""
    both = together([group(0, 40), group(1, 60)])

    assert (100, 50) == (len(both.known.sku), len(both.strange.sku))
