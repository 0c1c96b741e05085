"""Alignment is the best there is, for every pair of sequences of a batch."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.reports.planogram.align import Aligned, Costs, Scores, align
from tests.reports.planogram.slow import Problem, best_part, best_score

COST = st.integers(0, 9)


def numbers(length: int) -> st.SearchStrategy[list[int]]:
    """That many costs."""
    return st.lists(COST, min_size=length, max_size=length)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A small problem; all of a batch share `outside`, which a test sets."""
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    row = st.lists(st.integers(-9, 9), min_size=m, max_size=m)
    return Problem(
        score=draw(st.lists(row, min_size=n, max_size=n)),
        hole_open=draw(numbers(m)),
        hole=draw(numbers(m)),
        add_open=draw(numbers(n)),
        add=draw(numbers(n)),
        outside=3,
    )


BATCH = st.lists(problems(), min_size=1, max_size=3)


def table(rows: list[list[int]], width: int) -> Scores:
    """Rows of different lengths in one array."""
    filled = [[*row, *[0] * (width - len(row))] for row in rows]
    return np.array(filled, np.int32).reshape(len(rows), width)


def run(batch: list[Problem], *, local: bool = False) -> Aligned:
    """Align a batch of problems in one go."""
    found, planned = [len(one.add) for one in batch], [len(one.hole) for one in batch]
    costs = Costs(
        hole_open=table([one.hole_open for one in batch], max(planned)),
        hole=table([one.hole for one in batch], max(planned)),
        add_open=table([one.add_open for one in batch], max(found)),
        add=table([one.add for one in batch], max(found)),
        outside=batch[0].outside,
        local=local,
    )

    def pair_score(i: int) -> Scores:
        rows = [one.score[i] if i < len(one.score) else [] for one in batch]
        return table(rows, max(planned))

    return align(found, planned, pair_score, costs)


@settings(max_examples=300, deadline=None)
@given(BATCH)
@example([Problem([[-1, -1]], [0, 0], [0, 0], [0], [0], outside=3)])  # an addition between holes
def test_the_alignment_is_the_best_there_is(batch: list[Problem]):
    """Score and pairs are those of a matcher that tries everything."""
    aligned = run(batch)

    best = [best_score(one) for one in batch]
    assert best == aligned.score.tolist()
    assert best == [best_score(*one) for one in zip(batch, aligned.pairs, strict=True)]


@settings(max_examples=200, deadline=None)
@given(BATCH)
def test_a_local_alignment_is_the_best_part(batch: list[Problem]):
    """Its score is the best over all parts of both sequences."""
    assert [best_part(one) for one in batch] == run(batch, local=True).score.tolist()


def test_ties_are_broken_the_same_way_for_every_batch():
    """A pair of sequences has one answer, whatever is aligned beside it."""
    one = Problem([[1, 1], [1, 1]], [0, 0], [0, 0], [0, 0], [0, 0], outside=0)
    other = Problem([[1]], [0], [0], [0], [0], outside=0)

    assert run([one]).pairs[0] == run([other, one]).pairs[1]
