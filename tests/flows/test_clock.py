"""A worker and its wall clock."""

import time

import pytest

from flows.clock import WallClock


def test_a_clock_that_is_set_back_is_noticed_once(monkeypatch: pytest.MonkeyPatch):
    """Set forward or merely going on is nothing; after a step back it goes on again."""
    wrong, real = [0.0], time.time
    monkeypatch.setattr(time, "time", lambda: real() + wrong[0])
    clock, seen = WallClock(), list[int]()
    for by in (0, 3600, 0, 0, -120):
        wrong[0] = by
        seen.append(round(clock.set_back()))

    assert [0, 0, 3600, 0, 120] == seen
