"""Visits and the agents who make them."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from storage import tables
from storage.errors import UnknownVisit
from storage.records import insert

_ADDING = tables.visits.insert().returning(tables.visits.c.id)


def make_or_reuse(
    tx: Connection, visit_id: int | None, *, started_at: datetime, now: datetime
) -> int:
    """Return the visit's id, or make a visit when none is named.

    Raises:
        UnknownVisit: when the named visit does not exist.
    """
    if visit_id is None:
        return tx.execute(_ADDING, {"started_at": started_at, "created_at": now}).scalar_one()
    if tx.scalar(select(tables.visits.c.id).filter_by(id=visit_id)) is None:
        raise UnknownVisit(visit_id)
    return visit_id


def record_agent(tx: Connection, cid: str | None, name: str | None, *, now: datetime) -> int | None:
    """Make the agent with the client's own id, or update the name; None when no id is given."""
    if cid is None:
        return None
    new = insert(tx, tables.agents).values(cid=cid, name=name, created_at=now)
    renamed = {"name": func.coalesce(new.excluded.name, tables.agents.c.name)}
    upsert = new.on_conflict_do_update(index_elements=["cid"], set_=renamed)
    return tx.execute(upsert.returning(tables.agents.c.id)).scalar_one()
