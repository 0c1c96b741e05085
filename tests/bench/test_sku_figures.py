"""Shares, intervals and the reliability of confidence, by hand."""

import numpy as np
import pytest

from bench.accuracy.skus.answers import Answers
from bench.accuracy.skus.counting import SceneCount, counting_error
from bench.accuracy.skus.figures import (
    calibration_error,
    precision_among_strangers,
    reliability,
    share,
)


def flags(text: str) -> np.ndarray:
    """x is true, anything else is not."""
    return np.array([letter == "x" for letter in text])


def answers(right: str, named: str, sure: list[float]) -> Answers:
    """Answers about as many SKUs, with x for right and x for named."""
    sku = np.arange(len(right))
    candidates = np.full((len(right), 5), -1)
    candidates[:, 0] = np.where(flags(right), sku, 99)
    return Answers(
        asked=sku,
        sku=sku,
        candidates=candidates,
        scores=np.zeros((len(right), 5)),
        rivals=np.zeros(len(right)),
        sure=np.array(sure),
        named=flags(named),
        pictures=np.zeros((len(right), 2)),
    )


def test_a_share_counts_answers():
    """Two of the three named ones are right."""
    skus = np.array([1, 1, 2, 2])

    measured = share(flags("xx.."), flags("xxx."), skus)

    assert (0.667, 2) == (measured["value"], measured["skus"])


def test_facings_of_one_sku_are_no_independent_evidence():
    """A hundred facings of two SKUs say no more than two facings."""
    few, many = (
        share(flags("x." * n), flags("xx" * n), np.array([1, 2] * n))["interval_90"]
        for n in (1, 100)
    )

    assert [0, 1] == few == many


def test_many_skus_narrow_the_interval():
    """Four hundred SKUs, half of them known."""
    low, high = share(flags("x." * 200), flags("x" * 400), np.arange(400))["interval_90"]

    assert 0.44 < low < 0.5 < high < 0.56


def test_nothing_to_count_is_no_share():
    """No zero division, and no perfect score either."""
    measured = share(flags(".."), flags(".."), np.array([1, 2]))

    assert (None, None, 0) == (measured["value"], measured["interval_90"], measured["skus"])


def test_precision_counts_strangers_by_their_share():
    """Known: one named, right. Strange: half are named. 0.7 / (0.7 + 0.3 / 2)."""
    known = answers("x", "x", [0.9])
    strange = answers("..", "x.", [0.8, 0.1])

    assert pytest.approx(0.7 / 0.85, abs=1e-3) == precision_among_strangers(known, strange)


def test_reliability_has_ten_bins():
    """Two known answers at 0.95, one of them right; a stranger at 0.05 is rightly not believed."""
    table = reliability(answers("x.", "xx", [0.95, 0.95]), answers(".", ".", [0.05]))

    assert 10 == len(table)
    assert [0.7, 0.95, 0.5] == [table[9][key] for key in ("answers", "mean_confidence", "right")]
    assert [0.3, 0.05, 0.0] == [table[0][key] for key in ("answers", "mean_confidence", "right")]
    assert pytest.approx(0.7 * 0.45 + 0.3 * 0.05, abs=1e-3) == calibration_error(table)


def test_certainty_is_in_the_last_bin():
    """A confidence of 1 belongs to 0.9 to 1.0."""
    assert 0.7 == reliability(answers("x", "x", [1.0]), answers(".", ".", [0.0]))[9]["answers"]


def test_a_count_is_wrong_for_known_and_for_reported_skus():
    """Two of three found is off by one, a SKU that is not there by all its facings."""
    count = SceneCount("scene", {"cola": 2, "tea": 2}, {"cola": 3, "milk": 1})

    assert {"cola": 1, "milk": 1, "tea": 2} == count.errors()
    assert 1.333 == counting_error([count])["value"]
