"""Rate limits: at most so many in any window of time, exactly, whoever asks from wherever.

A bucket keeps the time of each request that was let through, so no burst at the border of two
windows gets twice as many through.
"""

import struct
from datetime import datetime, timedelta
from functools import cache

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.sql.dml import ReturningInsert

from storage.records import insert_in
from storage.tables import rates

WINDOW = timedelta(minutes=1)
_SET = update(rates).where(rates.c.bucket == bindparam("in_bucket"))


class Taken(Struct, frozen=True):
    """How a request for one place in a bucket went.

    Attributes:
        accepted: whether it got one.
        left: places that are left now.
        wait: until the next place is free; nothing when one is.
    """

    accepted: bool
    left: int
    wait: timedelta


def take(tx: Connection, bucket: str, limit: int, *, now: datetime) -> Taken:
    """Take a place, if one is free, so that no other transaction takes the same one.

    Args:
        tx: a transaction; its row is locked until the end.
        bucket: who asks for what, up to 128 characters.
        limit: places in a window, at least 1.
        now: aware.
    """
    new = {"bucket": bucket, "times": b"", "newest_at": now}
    times = _recent(tx.execute(_locking(tx.dialect.name), new).scalar_one(), now)
    if len(times) >= limit:
        return _judged(times, limit, accepted=False, now=now)
    times.append(now.timestamp())
    values = {"times": struct.pack(f"<{len(times)}d", *times), "newest_at": now}
    tx.execute(_SET, {"in_bucket": bucket, **values})
    return _judged(times, limit, accepted=True, now=now)


def forget_old(tx: Connection, *, now: datetime) -> None:
    """Drop the buckets that are empty by now."""
    tx.execute(delete(rates).where(rates.c.newest_at <= now - WINDOW))


@cache
def _locking(dialect: str) -> ReturningInsert[bytes]:
    """Make the statement that makes a bucket or finds it, and locks it."""
    found = insert_in(dialect, rates).on_conflict_do_update(
        index_elements=["bucket"], set_={"bucket": rates.c.bucket}
    )
    return found.returning(rates.c.times)


def _recent(packed: bytes, now: datetime) -> list[float]:
    """Seconds since 1970 that lie in the window, oldest first.

    Those further ahead than a window are of a clock that was set back since.
    """
    times, window = struct.unpack(f"<{len(packed) // 8}d", packed), WINDOW.total_seconds()
    return [time for time in times if abs(now.timestamp() - time) < window]


def _judged(times: list[float], limit: int, *, accepted: bool, now: datetime) -> Taken:
    left = max(limit - len(times), 0)
    oldest = times[-limit] if len(times) >= limit else now.timestamp() - WINDOW.total_seconds()
    wait = oldest + WINDOW.total_seconds() - now.timestamp()
    return Taken(accepted, left, timedelta(seconds=wait))
