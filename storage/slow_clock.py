"""A clock for what cannot be undone: a wall clock that is set far ahead does not take it along.

It is wound every day, and each time goes on by two days at most, never beyond the wall clock. So a
jump of the wall clock is made up for a day a day: nobody can tell a wrong clock from a platform
that was switched off, but a wrong one is found and set right before much has happened, and then
this clock is right as well. After a month switched off it is right again a month later.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from storage.records import insert
from storage.tables import slow_clocks

RETENTION = "retention"
DAY = timedelta(days=1)  # between two windings
_clock = slow_clocks.c


def wind(tx: Connection, name: str, *, now: datetime) -> datetime:
    """Let the clock go on, and say what it shows; the first time that is `now`.

    Winding it often does not make it faster: it goes on by twice the time since the last winding.

    Args:
        tx: a transaction; the clock is locked until its end.
        now: of the wall clock, aware.
    """
    new = insert(tx, slow_clocks).values(name=name, shows=now, wound_at=now)
    locking = new.on_conflict_do_update(index_elements=["name"], set_={"name": name})
    found = tx.execute(locking.returning(_clock.shows, _clock.wound_at)).one()
    gone = min(max(now - found.wound_at, timedelta()), DAY)
    shows = min(found.shows + 2 * gone, now)
    tx.execute(slow_clocks.update().where(_clock.name == name).values(shows=shows, wound_at=now))
    return shows


def shows(tx: Connection, name: str) -> datetime | None:
    """Say what the clock showed when it was last wound; None before the first time."""
    return tx.scalars(select(_clock.shows).where(_clock.name == name)).one_or_none()
