"""Charts: where bars and lines are."""

import pytest

from api import charts


def test_the_longest_bar_fills_the_width():
    """The others are as long as they are to it."""
    assert [("a", 100.0), ("b", 50.0)] == [
        (bar.label, bar.length) for bar in charts.bars({"a": 0.2, "b": 0.1})
    ]


def test_a_ratio_of_a_whole_fills_its_part():
    """With a whole of 1, 90 % are 90."""
    assert [90.0] == [bar.length for bar in charts.bars({"a": 0.9}, whole=1)]


def test_bars_leave_the_middle_to_both_sides():
    """Above it to the right, below it to the left, the furthest as far as there is room."""
    found = charts.around({"dear": 110.0, "same": 100.0, "cheap": 95.0}, 100)

    assert [(50.0, 50.0), (50.0, 0.0), (25.0, 25.0)] == [(bar.start, bar.length) for bar in found]


def test_parts_stand_side_by_side():
    """Each begins where the one before ends."""
    found = charts.stack([("a", 0.25, 0), ("b", 0.5, 1)])

    assert [(0, 25.0), (25.0, 50.0)] == [(bar.start, bar.length) for bar in found]


def test_lines_lie_in_the_chart():
    """Every point is inside, the places are in order, a missing one is left out."""
    series = {"a": {"2026-W02": 0.1, "2026-W01": 0.3}, "b": {"2026-W03": 0.2}}
    drawn = charts.lines(series, {"a": 0, "b": 1})

    assert [2, 1] == [len(line.points) for line in drawn.lines]
    points = [point for line in drawn.lines for point in line.points]
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= charts.HEIGHT for x, y, _ in points)
    assert ["2026-W01", "2026-W02", "2026-W03"] == [tick.text for tick in drawn.across]
    assert points[0][0] < points[1][0] < points[2][0]
    assert points[0][1] < points[1][1]  # higher is further up


@pytest.mark.parametrize(("ratio", "text"), [(0.0731, "7.3 %"), (0.61, "61 %"), (0.0, "0 %")])
def test_ratios_are_percent(ratio: float, text: str):
    """Small ones with a digit."""
    assert text == charts.percent(ratio)


def test_nothing_draws_nothing():
    """No values, no failure."""
    assert [] == charts.bars({})
    assert [] == charts.around({}, 100)
    assert [] == charts.lines({}, {}).lines
