"""How often a client may ask: 100 of each limited post in a minute and token, guesses of tokens."""

import hashlib
import math
from datetime import datetime

from api.errors import TooMany
from storage import rates
from storage.records import Records

GUESSES = 60  # tokens that are none, in a minute from one address
REMEMBERED = 10_000  # full buckets
LIMITED_AS = "limited_as"  # name of the policy in a handler's `opt`

_SECONDS = int(rates.WINDOW.total_seconds())


def limited(policy: str) -> dict[str, str]:
    """Say in a handler's `opt` that its requests are counted by token under this name."""
    return {LIMITED_AS: policy}


class Limiter:
    """Lets so many requests through in any minute, whichever process they come to.

    The records count. What they said of a full bucket is remembered until its next place is free:
    none can be free before, so a flood of refused requests costs no database.

    Args:
        records: shared by all processes.
        limit: requests of a token under one policy in a minute; 0 = any number.
    """

    def __init__(self, records: Records, limit: int) -> None:
        self._records, self._limit = records, limit
        self._full: dict[str, float] = {}  # bucket -> seconds since 1970 of its next free place

    def count(self, policy: str, token: str, now: datetime) -> None:
        """Count a request of this token.

        Raises:
            TooMany: it is one too many; before its body is read.
        """
        if self._limit:
            bucket = f"{policy}:{hashlib.sha256(token.encode()).hexdigest()}"
            self._take(policy, bucket, self._limit, now)

    def count_guess(self, address: str, now: datetime) -> None:
        """Note a token that is none.

        Raises:
            TooMany: the address sent too many of them.
        """
        self._take("tokens", f"tokens:{address}", GUESSES, now)

    def _take(self, policy: str, bucket: str, limit: int, now: datetime) -> None:
        seconds = self._full.get(bucket, 0.0) - now.timestamp()
        if not 0 < seconds <= _SECONDS:  # longer only when the clock was put back
            with self._records.light_transaction() as tx:
                taken = rates.take(tx, bucket, limit, now=now)
            if taken.accepted:
                return
            seconds = taken.wait.total_seconds()
            self._remember(bucket, now.timestamp() + seconds)
        raise TooMany(policy, limit, _SECONDS, max(math.ceil(seconds), 1))

    def _remember(self, bucket: str, free_at: float) -> None:
        if len(self._full) >= REMEMBERED:
            self._full.clear()
        self._full[bucket] = free_at
