"""Charts as numbers a template draws: pure geometry, no data of ours.

A chart is 640 units wide; y grows downwards.
"""

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

WIDTH, HEIGHT = 640.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 10.0, 26.0
_TICKS = 6  # at most, of the x axis


class Bar(Struct, frozen=True):
    """One bar; `start` and `length` are percent of the width."""

    label: str
    start: float
    length: float
    text: str
    tone: int = 0  # number of its colour


class Line(Struct, frozen=True):
    """One series: where its points are, with what is written when one is pointed at."""

    label: str
    tone: int
    path: str  # of SVG
    points: list[tuple[float, float, str]]


class Tick(Struct, frozen=True):
    """A place on an axis and what stands there."""

    at: float
    text: str


class Lines(Struct, frozen=True):
    """Series over the same places of an x axis."""

    lines: list[Line]
    across: list[Tick]  # of the x axis
    up: list[Tick]  # of the y axis


def bars(
    values: Mapping[str, float], *, whole: float = 0, tones: Mapping[str, int] | None = None
) -> list[Bar]:
    """Draw ratios as bars, in their order; `whole` fills the width, 0 = the largest does."""
    most = whole or max(values.values(), default=0) or 1
    return [
        Bar(name, 0, 100 * value / most, percent(value), (tones or {}).get(name, 0))
        for name, value in values.items()
    ]


def around(values: Mapping[str, float], middle: float) -> list[Bar]:
    """Draw numbers as bars that leave a middle to the left when they are below it."""
    furthest = max((abs(value - middle) for value in values.values()), default=0) or 1
    found: list[Bar] = []
    for name, value in values.items():
        length = 50 * abs(value - middle) / furthest
        start = 50.0 if value >= middle else 50 - length
        found.append(Bar(name, start, length, f"{value:.1f}", int(value < middle)))
    return found


def stack(parts: Sequence[tuple[str, float, int]]) -> list[Bar]:
    """Draw the parts of a whole side by side: name, ratio and tone of each."""
    found, start = list[Bar](), 0.0
    for name, value, tone in parts:
        found.append(Bar(name, start, 100 * value, percent(value), tone))
        start += 100 * value
    return found


def lines(series: Mapping[str, Mapping[str, float]], tones: Mapping[str, int]) -> Lines:
    """Draw ratios over the sorted places that any series has.

    Args:
        series: by name, the ratio at each place; a place may be missing.
        tones: number of the colour of each series.
    """
    places = sorted({place for one in series.values() for place in one})
    top = _ceiling(max((value for one in series.values() for value in one.values()), default=0))
    drawn = [_line(name, tones.get(name, 0), one, places, top) for name, one in series.items()]
    every = max(math.ceil(len(places) / _TICKS), 1)
    across = [Tick(_x(n, len(places)), places[n]) for n in range(0, len(places), every)]
    up = [Tick(_y(part * top / 4, top), percent(part * top / 4)) for part in range(5)]
    return Lines(drawn, across, up)


def _line(
    name: str, tone: int, values: Mapping[str, float], places: Sequence[str], top: float
) -> Line:
    points = [
        (_x(n, len(places)), _y(values[place], top), f"{name}, {place}: {percent(values[place])}")
        for n, place in enumerate(places)
        if place in values
    ]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points) if points else ""
    return Line(name, tone, path, points)


def _x(number: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + (room / 2 if count == 1 else room * number / max(count - 1, 1))


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _ceiling(most: float) -> float:
    """The next round number above a ratio."""
    steps = (0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 0.8)
    return next((step for step in steps if most <= step), 1.0)


def percent(ratio: float) -> str:
    """Write a ratio: 7.3 %, 61 %."""
    return f"{100 * ratio:.1f} %" if 0 < ratio < 0.1 else f"{100 * ratio:.0f} %"  # noqa: PLR2004
