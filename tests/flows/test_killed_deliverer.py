"""The process that sends webhooks is killed again and again."""

from pathlib import Path

from bench.chaos.webhooks import run


def test_no_webhook_is_lost_when_the_sender_is_killed(tmp_path: Path):
    """All arrive, under the same id, with the same bytes, signed; repeats are those of kills."""
    outcome = run(tmp_path, count=32, kills=8, seed=3)

    assert (32, 0, 0, 0, 0) == (
        outcome.messages,
        outcome.lost,
        outcome.strangers,
        outcome.changed,
        outcome.unsigned,
    )
    assert outcome.repeats <= outcome.explained
