"""Webhooks are tried ten times over about three days."""

from datetime import timedelta

import pytest

from flows.retries import JITTER, LONGEST, RETRY_AFTER, wait_after
from outbound.reply import Reply

FAILED = Reply(500, "HTTP 500: ", 1.0)


def test_ten_attempts_then_no_more():
    """Nine waits lie between ten attempts; after the tenth there is none."""
    waits = [wait_after(failures, FAILED) for failures in range(1, 11)]

    assert [True] * 9 + [False] == [wait is not None for wait in waits]


def test_the_waits_add_up_to_three_days():
    """Without jitter the last attempt comes after 75 h 35 min 5 s."""
    assert timedelta(hours=75, minutes=35, seconds=5) == sum(RETRY_AFTER, timedelta())


def test_waits_are_jittered_within_bounds():
    """No wait leaves the band of 20 % around its schedule."""
    ratios = [(wait_after(3, FAILED) or timedelta()) / RETRY_AFTER[2] for _ in range(500)]

    assert min(ratios) >= 1 - JITTER
    assert max(ratios) <= 1 + JITTER
    assert max(ratios) - min(ratios) > JITTER


@pytest.mark.parametrize("status", [429, 502, 504])
def test_a_receiver_that_gets_too_much_is_left_alone_for_longer(status: int):
    """Twice as long as the schedule says."""
    assert LONGEST * RETRY_AFTER[1] == wait_after(2, Reply(status, "x", 1.0))


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(1, 240, 360), (400, 400, 400), (10**9, 600, 600)]
)
def test_what_a_receiver_asks_for_is_given(asked: int, least: int, most: int):
    """From the wait of the schedule, 300 s, up to twice that; never less than it asked."""
    reply = Reply(503, "x", 1.0, retry_after=asked)
    waits = [(wait_after(2, reply) or timedelta()).total_seconds() for _ in range(50)]

    assert least <= min(waits)
    assert max(waits) <= most
