"""Times that lie further ahead than anybody wrote them: the wall clock was set back since."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from storage import tables
from storage.work import DELIVER_WEBHOOKS, IS_OPEN

FAR = timedelta(minutes=5)  # no work but webhooks that failed is put off for longer
_work = tables.work


def bring_back(tx: Connection, *, now: datetime, lease: timedelta) -> None:
    """Make work due that would wait for a time of before, and end leases that would last too long.

    Only a webhook that failed may wait for days, so that one stays as it is. Who holds a lease and
    lives renews it.

    Args:
        lease: the longest anybody takes.
    """
    never_long = or_(_work.c.flow != DELIVER_WEBHOOKS, _work.c.problem.is_(None))
    late = update(_work).where(IS_OPEN, _work.c.due_at > now + FAR, never_long)
    tx.execute(late.values(due_at=now))
    held = update(_work).where(IS_OPEN, _work.c.lease_until > now + lease + FAR)
    tx.execute(held.values(lease_until=now + lease))
