"""Work that does not move: what, since when, and what is known about why."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from storage import tables
from storage.history import KINDS
from storage.work import FAILED, OPEN, Work

_work = tables.work


def stuck(tx: Connection, *, now: datetime, after: timedelta, limit: int) -> list[Work]:
    """List open work that is due for so long, or failed and waits, and what was given up.

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
    query = select(_work).where(or_(slow & ~patient, _work.c.state == FAILED))
    query = query.order_by(_work.c.state.desc(), _work.c.due_at, _work.c.id).limit(limit)
    return [Work(**row) for row in tx.execute(query).mappings()]
