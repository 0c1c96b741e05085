"""Finished work that nobody looks at any more.

That something was done stands in its result: a scene's status, a report's revision. None of this
work is noted again: scene ids and revisions of reports are new each time, a scene that is done
again gets the next revision that is free. Work of webhooks goes with its messages
(`storage.message_log`); what was given up stays, for people to see.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from storage import tables
from storage.history import KINDS, LIVE
from storage.work import DONE, IS_OPEN

_work = tables.work


def over(tx: Connection, *, before: datetime) -> list[int]:
    """List the ids of work that was done before, with its whole batch if it is of history.

    A batch is counted and told as one, see `storage.history` and `storage.history_changes`.
    """
    kind, batch = _work.c.flow, _work.c.request_id
    lives = select(batch).where(kind.in_(KINDS), or_(IS_OPEN, _work.c.finished_at >= before))
    lives = lives.where(batch.is_not(None))
    alone = kind.in_(LIVE) | (kind.in_(KINDS) & batch.not_in(lives))
    done = (_work.c.state == DONE) & (_work.c.due_at < before) & (_work.c.finished_at < before)
    return list(tx.scalars(select(_work.c.id).where(done, alone).order_by(_work.c.id)))


def forget(tx: Connection, ids: Sequence[int]) -> None:
    """Forget this work; done work never changes again."""
    tx.execute(delete(_work).where(_work.c.id.in_(ids)))
