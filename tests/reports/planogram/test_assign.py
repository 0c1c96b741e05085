"""The assignment is the cheapest there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reports.planogram.assign import assign
from tests.reports.planogram.slow import cheapest


@st.composite
def costs(draw: st.DrawFn) -> list[list[int]]:
    """A small table of costs."""
    rows, columns = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    row = st.lists(st.integers(-20, 20), min_size=columns, max_size=columns)
    return draw(st.lists(row, min_size=rows, max_size=rows))


@settings(max_examples=300, deadline=None)
@given(costs())
def test_the_assignment_is_the_cheapest(cost: list[list[int]]):
    """Its sum is that of the best of all permutations; no row or column is used twice."""
    rows, columns = len(cost), len(cost[0]) if cost else 0

    pairs = assign(np.array(cost, np.int64).reshape(rows, columns))

    assert cheapest(cost) == sum(cost[i][j] for i, j in pairs)
    assert min(rows, columns) == len({i for i, _ in pairs}) == len({j for _, j in pairs})
