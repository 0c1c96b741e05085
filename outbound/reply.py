"""How a POST went, in what kinds it can fail, and when a receiver wants to hear again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Kinds of failure; they never change.
TIMEOUT = "TIMEOUT"  # no answer in time
CONNECTION = "CONNECTION"  # no connection, or it broke: name, port, TLS, protocol
NOT_OPEN = "NOT_OPEN"  # the address is one of a network that is not open
REDIRECT = "REDIRECT"  # 3xx, which is never followed
STATUS = "STATUS"  # any other answer but 2xx
BODY = "BODY"  # there was nothing to send: what was stored cannot be read


@dataclass(frozen=True)
class Reply:
    """How a POST went.

    Attributes:
        status: HTTP status, None when no answer came.
        problem: what went wrong in a few words, None for 2xx.
        milliseconds: from the first byte sent to the end of the answer.
        failure: what kind of problem, None for 2xx.
        text: how the answer begins.
        retry_after: seconds the receiver asks to be left alone, None when it does not say.
    """

    status: int | None
    problem: str | None
    milliseconds: float
    failure: str | None = None
    text: str | None = None
    retry_after: float | None = None


def read_retry_after(header: str | None, now: datetime) -> float | None:
    """Read seconds or a date, whichever was sent; None for anything else.

    Source: RFC 9110, section 10.2.3.
    """
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            return float(header)
        date = parsedate_to_datetime(header)
        return max((date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds(), 0.0)
    except (ValueError, OverflowError):
        return None
