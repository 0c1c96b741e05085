"""Work that does not move: what, since when, and what is known about why."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from storage import tables
from storage.history import KINDS
from storage.work import FAILED, OPEN, Work

_work = tables.work


def stuck(tx: Connection, *, now: datetime, after: timedelta, limit: int) -> tuple[int, list[Work]]:
    """Count and list open work that is due for so long, or failed and waits, or was given up.

    Args:
        tx: a transaction.
        now: the time.
        after: work that became due later than this ago may simply wait its turn.
        limit: how much is listed, the longest due first.
    """
    slow = (_work.c.state == OPEN) & or_(
        _work.c.due_at <= now - after, (_work.c.tries > 0) & (_work.c.due_at > now)
    )
    patient = _work.c.flow.in_(KINDS) & (_work.c.tries == 0)  # history waits for all else
    still = or_(slow & ~patient, _work.c.state == FAILED)
    count = tx.execute(select(func.count()).select_from(_work).where(still)).scalar_one()
    oldest = select(_work).where(still).order_by(_work.c.state.desc(), _work.c.due_at, _work.c.id)
    return count, [Work(**row) for row in tx.execute(oldest.limit(limit)).mappings()]
