"""What a receiver may say of when it wants to hear again."""

from datetime import UTC, datetime

import pytest

from outbound.reply import read_retry_after

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Sun, 22 Nov 2026 10:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),  # it is over
        ("soon", None),
        ("-1", None),
        ("\x1e100", None),
        ("", None),
        ("Wed, 1 Oct 28888888888888888888802 07:28:00 GMT", None),  # no time that a clock has
    ],
)
def test_seconds_and_dates_are_read(header: str, seconds: float | None):
    """And anything else counts as nothing said."""
    assert seconds == read_retry_after(header, NOW)


def test_nothing_said_is_nothing():
    """No header."""
    assert read_retry_after(None, NOW) is None
