"""Webhooks are tried ten times over about three days."""

from datetime import timedelta

from flows.deliver_webhooks import JITTER, RETRY_AFTER, retry_after


def test_ten_attempts_then_no_more():
    """Nine waits lie between ten attempts; after the tenth there is none."""
    assert [True] * 9 + [False] == [retry_after(tries) is not None for tries in range(1, 11)]


def test_the_waits_add_up_to_three_days():
    """Without jitter the last attempt comes after 75 h 35 min 5 s."""
    assert timedelta(hours=75, minutes=35, seconds=5) == sum(RETRY_AFTER, timedelta())


def test_waits_are_jittered_within_bounds():
    """No wait leaves the band of 20 % around its schedule."""
    ratios = [(retry_after(3) or timedelta()) / RETRY_AFTER[2] for _ in range(500)]

    assert min(ratios) >= 1 - JITTER
    assert max(ratios) <= 1 + JITTER
    assert max(ratios) - min(ratios) > JITTER
