"""Turns: what only one process may do at a time, on whichever machine it is.

A turn is a piece of work that is done again and again. Who has it holds its lease, as of any work:
when the holder dies, the sweep asks another one to go on.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from storage import tables, work
from storage.work import OPEN, Work

COMPACT_FACTS = "compact-facts"
_work = tables.work
_ANEW = {"state": OPEN, "tries": 0, "problem": None, "owner": None, "lease_until": None}


def begin(tx: Connection, flow: str, *, owner: str, now: datetime, lease: timedelta) -> Work | None:
    """Take the turn of a flow; None while somebody has it, or waits to try it again."""
    work.enqueue(tx, flow, 0, due_at=now)
    over = update(_work).where(_work.c.flow == flow, _work.c.subject_id == 0, _work.c.state != OPEN)
    tx.execute(over.values(**_ANEW, due_at=now, finished_at=None))
    return work.claim(tx, flow, 0, owner=owner, now=now, lease=lease)
