"""When a message is sent again: ten attempts in about 75 hours, later where the receiver asks.

Source: Standard Webhooks 1.0.0, section "Deliverability and reliability".
"""

import random
from datetime import timedelta

from outbound.reply import Reply

RETRY_AFTER = (  # each failed attempt; after the tenth there is none
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2  # ratio of the wait, either way, so that receivers are not hit in step
LONGEST = 2  # times the wait of the schedule: what a receiver may ask for
_THROTTLED = frozenset({429, 502, 504})  # it gets more than it can take
GONE = 410


def wait_after(failures: int, reply: Reply) -> timedelta | None:
    """How long to wait after the so-manieth failed attempt in a row (from 1); None = give up."""
    if failures > len(RETRY_AFTER):
        return None
    base = RETRY_AFTER[failures - 1]
    wait = base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    return min(max(wait, _asked(reply, base)), LONGEST * base)


def _asked(reply: Reply, base: timedelta) -> timedelta:
    """How long the receiver wants to be left alone, as it says or as its status does."""
    if reply.retry_after is not None:
        return timedelta(seconds=min(reply.retry_after, LONGEST * base.total_seconds()))
    return LONGEST * base if reply.status in _THROTTLED else timedelta()
