"""Visits and the agents who make them."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from storage import tables
from storage.errors import UnknownVisit
from storage.records import insert

_visits, _scenes = tables.visits, tables.scenes

_ADDING = _visits.insert().returning(_visits.c.id)
_TOUCHING = update(_visits).values(updated_at=bindparam("now")).returning(_visits.c.id)
_ONE = _TOUCHING.where(_visits.c.id == bindparam("visit"))
_OF_SCENE = _TOUCHING.where(
    _visits.c.id
    == select(_scenes.c.visit_id).where(_scenes.c.id == bindparam("scene")).scalar_subquery()
)


def make_or_reuse(
    tx: Connection, visit_id: int | None, *, started_at: datetime, now: datetime
) -> int:
    """Return the visit's id, or make a visit when none is named.

    Raises:
        UnknownVisit: when the named visit does not exist.
    """
    if visit_id is None:
        times = {"started_at": started_at, "created_at": now, "updated_at": now}
        return tx.execute(_ADDING, times).scalar_one()
    if not touch(tx, visit_id, now=now):
        raise UnknownVisit(visit_id)
    return visit_id


def touch(tx: Connection, visit_id: int, *, now: datetime) -> bool:
    """Note that something of a visit changed, so that clients collect it again; False = no such."""
    return tx.scalar(_ONE, {"visit": visit_id, "now": now}) is not None


def touch_of_scene(tx: Connection, scene_id: int, *, now: datetime) -> None:
    """Note that something of the scene's visit changed."""
    tx.execute(_OF_SCENE, {"scene": scene_id, "now": now})


def record_agent(tx: Connection, cid: str | None, name: str | None, *, now: datetime) -> int | None:
    """Make the agent with the client's own id, or update the name; None when no id is given."""
    if cid is None:
        return None
    new = insert(tx, tables.agents).values(cid=cid, name=name, created_at=now)
    renamed = {"name": func.coalesce(new.excluded.name, tables.agents.c.name)}
    upsert = new.on_conflict_do_update(index_elements=["cid"], set_=renamed)
    return tx.execute(upsert.returning(tables.agents.c.id)).scalar_one()
