"""How much of each flow's work waits, and what was given up: what monitors ask."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from storage import tables
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, FAILED, OPEN, RECOGNIZE_SCENE

_work = tables.work


class Waiting(msgspec.Struct, frozen=True):
    """How much work of one flow is open and given up, and since when the oldest open is due."""

    flow: str
    open: int
    failed: int
    oldest_due_at: datetime | None


def waiting(tx: Connection) -> list[Waiting]:
    """Count the work of each flow of the outbox, also where there is none."""
    is_open = _work.c.state == OPEN
    query = (
        select(
            _work.c.flow,
            func.count().filter(is_open).label("open"),
            func.count().filter(_work.c.state == FAILED).label("failed"),
            func.min(_work.c.due_at).filter(is_open).label("oldest_due_at"),
        )
        .where(_work.c.state.in_((OPEN, FAILED)))  # not "!= DONE": no index knows that
        .group_by(_work.c.flow)
    )
    found = {row["flow"]: Waiting(**row) for row in tx.execute(query).mappings()}
    flows = (COMPUTE_REPORTS, DELIVER_WEBHOOKS, RECOGNIZE_SCENE)
    return [found.get(flow, Waiting(flow, 0, 0, None)) for flow in flows]
