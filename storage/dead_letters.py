"""Messages that are given up before their time, and messages that are sent once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, update

from storage import tables
from storage.work import DELIVER_WEBHOOKS, DONE, FAILED, OPEN

_messages, _work = tables.messages, tables.work
Ids = Sequence[int] | Select[Any]


def bury(tx: Connection, message_ids: Ids, *, problem: str) -> None:
    """Give up those of the messages that wait."""
    waiting = (_work.c.flow == DELIVER_WEBHOOKS) & (_work.c.state == OPEN)
    values = {"state": FAILED, "problem": problem, "lease_until": None}
    tx.execute(update(_work).where(waiting, _work.c.subject_id.in_(message_ids)).values(values))


def dig_out(tx: Connection, work_id: int, *, now: datetime) -> None:
    """Note that a message which was given up while it was under way has arrived all the same."""
    buried = (_work.c.id == work_id) & (_work.c.state == FAILED)
    tx.execute(update(_work).where(buried).values(state=DONE, problem=None, finished_at=now))


def revive(tx: Connection, message_ids: Sequence[int], *, now: datetime) -> None:
    """Have the messages sent now, whatever became of them, with ten attempts before them."""
    fresh = {"state": OPEN, "tries": 0, "due_at": now, "problem": None}
    free = {"lease_until": None, "owner": None, "finished_at": None}
    wanted = (_work.c.flow == DELIVER_WEBHOOKS) & _work.c.subject_id.in_(message_ids)
    tx.execute(update(_messages).where(_messages.c.id.in_(message_ids)).values(failures=0))
    tx.execute(update(_work).where(wanted).values(**fresh, **free))
