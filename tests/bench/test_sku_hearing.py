"""Neighbours are heard as recognition hears them, but never give an answer away."""

from dataclasses import replace

import numpy as np
import pytest

from bench.accuracy.skus.answers import ask_without_own
from bench.accuracy.skus.hearing import heard
from bench.accuracy.skus.items import Embedded
from tests.bench.test_sku_draws import CARD, toy

# Facings 0 to 2 stand together, so do 3 and 4, of the same SKU; 5 is of another one, beside 0.
SKUS, RUNS = [0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 1, 2]


@pytest.fixture
def every() -> Embedded:
    """Everybody has as much to say about everybody else, in a direction of its own."""
    return replace(toy(np.eye(8)[: len(SKUS)], SKUS, RUNS), says=np.ones((6, 6), np.float32))


def speaking(every: Embedded, references: list[int], asked: int) -> list[int]:
    """Who has a say about a facing."""
    (vector,) = heard(every, np.array(references), np.array([asked]))
    return np.flatnonzero(vector).tolist()


def test_a_reference_is_no_neighbour(every: Embedded):
    """It is a picture in the gallery."""
    assert [0, 1, 2, 3, 4] == speaking(every, [5], 0)


def test_who_stands_with_the_reference_of_the_sku_is_silent(every: Embedded):
    """3 stands beside reference 4 and would name 0 for it; so would 1 and 2 name 3."""
    assert [0, 1, 2, 5] == speaking(every, [4], 0)
    assert [3, 4, 5] == speaking(every, [0], 3)


def test_a_neighbour_of_another_sku_speaks_even_beside_its_reference(every: Embedded):
    """1 and 2 may name 5 for reference 0: that can only mislead."""
    assert [1, 2, 3, 4, 5] == speaking(every, [0], 5)


def test_a_stranger_hears_its_whole_run():
    """Its SKU has no reference, so nothing is given away: 1 speaks for 0, though both are SKU 0."""
    vectors = np.eye(8)[[0, 1, 2, 3, 4, 5]]
    vectors[5] = [0, 1, 0, 0, 0, 0, 0, 0]
    every = replace(toy(vectors, SKUS, RUNS), says=np.ones((6, 6), np.float32))

    told = ask_without_own(every, np.array([0, 5]), np.array([0]), CARD)

    assert [1] == told.candidates[:, 0].tolist()
    assert np.isclose(5**-0.5, told.scores[0, 0])


def test_whoever_says_nothing_is_heard_alone():
    """Product photos, and colours alone, have no neighbours."""
    every = toy(np.eye(8)[: len(SKUS)], SKUS, RUNS)

    assert [3] == speaking(every, [0], 3)
