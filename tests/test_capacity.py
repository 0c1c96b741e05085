"""What the capacity calculator makes of its measurements."""

import math
import random

import pytest

from capacity.measure import Measured
from capacity.queueing import busiest, quantile, sojourns, workers_for
from cli_capacity import advice


def exponential(mean: float) -> list[float]:
    """Service times as the textbook's queue has them."""
    dice = random.Random(1)  # noqa: S311  no secret
    return [-mean * math.log(1 - dice.random()) for _ in range(20_000)]


def test_one_server_behaves_as_the_textbook_says():
    """M/M/1: 95 % are ready within ln(20) / (service rate - arrival rate)."""
    times = sojourns(exponential(1.0), 1, 0.5)

    assert math.log(20) / 0.5 == pytest.approx(quantile(times, 0.95), rel=0.1)


def test_an_idle_machine_takes_as_long_as_its_scenes():
    """When hardly anything comes, nobody waits."""
    assert 2.0 == pytest.approx(quantile(sojourns([2.0], 2, 0.001), 0.95), abs=0.01)


def test_a_machine_is_never_promised_more_than_it_can():
    """Two slots of 2 s end 3,600 scenes an hour; ready in time are fewer, but most of them."""
    assert 2_500 < busiest([2.0], 2, ready_in=10) < 3_600


def test_more_slots_wait_less_for_each_other():
    """Two workers take more than twice what one does."""
    one, two = (busiest(exponential(2.0), slots, ready_in=10) for slots in (1, 2))

    assert two > 2 * one


def test_scenes_that_are_too_slow_by_themselves_are_told():
    """No number of workers makes a single scene faster."""
    assert 0 == busiest([12.0], 4, ready_in=10)
    assert 0 == workers_for(100, [12.0], 4, ready_in=10)


def test_as_many_workers_as_are_needed_and_no_more():
    """The number that is named suffices, one fewer does not."""
    seconds = [1.0, 2.0, 3.0]
    count = workers_for(10_000, seconds, 2, ready_in=10)

    assert busiest(seconds, 2 * count, ready_in=10) >= 10_000
    assert busiest(seconds, 2 * (count - 1), ready_in=10) < 10_000


def test_more_than_one_prefect_server_starts_is_not_promised():
    """Workers are named up to its ceiling; beyond, no number of them helps."""
    seen = Measured([2.0], 2, 60, 0, 0, 0, (1, 0, 0.4), 0, 0)

    assert "take 3 workers" in advice(seen, 8_000, ready_in=10, ceiling=9_000)
    assert "more than that" in advice(seen, 10_000, ready_in=10, ceiling=9_000)
