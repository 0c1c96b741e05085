"""Visits as clients collect them: those that are new, what belongs to one, and what was confirmed.

A visit is new until a client confirms it, and again whenever something of it changes.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update

from storage import tables
from storage.errors import NotFound
from storage.records import insert

_visits, _scenes, _agents, _kpis = (
    tables.visits,
    tables.scenes,
    tables.agents,
    tables.kpi_values,
)
_IS_NEW = or_(_visits.c.collected_at.is_(None), _visits.c.updated_at > _visits.c.collected_at)


class CollectedVisit(msgspec.Struct, frozen=True):
    """A visit and whether its client has it."""

    id: int
    cid: str | None  # the client's own id
    shop: str | None  # the customer's code of the shop
    shop_name: str | None
    agent: str | None
    agent_name: str | None  # as at the time of the visit
    agent_route: str | None
    latitude: float | None  # degrees
    longitude: float | None  # degrees
    started_at: datetime
    created_at: datetime
    updated_at: datetime  # something of it changed last
    is_new: bool


class Wanted(msgspec.Struct, frozen=True):
    """Which visits; None = whatever it is."""

    is_new: bool | None = None
    cid: str | None = None
    route: str | None = None
    agent: str | None = None  # its name, or the client's word for it
    since: datetime | None = None  # of the start


class KpiValue(msgspec.Struct, frozen=True):
    """What a client says a KPI of a visit is."""

    kpi: int
    value: Any  # a number or a text
    target_value: Any


def page(
    tx: Connection, wanted: Wanted, *, limit: int, offset: int
) -> tuple[int, list[CollectedVisit]]:
    """Count the visits and list some, the oldest first: new ones come behind what was listed."""
    where = _where(wanted)
    count = tx.execute(select(func.count()).select_from(_visits).where(*where)).scalar_one()
    query = _select().where(*where).order_by(_visits.c.id).limit(limit).offset(offset)
    return count, [CollectedVisit(**row) for row in tx.execute(query).mappings()]


def get(tx: Connection, visit_id: int) -> CollectedVisit:
    """Read a visit; NotFound when there is none."""
    row = tx.execute(_select().where(_visits.c.id == visit_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no visit {visit_id}.")
    return CollectedVisit(**row)


def scene_ids(tx: Connection, visit_id: int) -> list[int]:
    """List the scenes of a visit, the oldest first."""
    query = select(_scenes.c.id).where(_scenes.c.visit_id == visit_id)
    return list(tx.scalars(query.order_by(_scenes.c.id)))


def agent_of(tx: Connection, visit_id: int) -> tuple[int | None, str | None]:
    """Tell id and name of the agent of the last scene that names one."""
    query = select(_agents.c.id, _agents.c.name).join(_scenes, _scenes.c.agent_id == _agents.c.id)
    newest = query.where(_scenes.c.visit_id == visit_id).order_by(_scenes.c.id.desc())
    row = tx.execute(newest.limit(1)).first()
    return (row.id, row.name) if row else (None, None)


def confirm(
    tx: Connection, visit_id: int, *, cid: str | None, seen: datetime | None
) -> CollectedVisit:
    """Note that the client has the visit.

    Args:
        cid: the client's own id from now on; None = it stays.
        seen: `updated_at` of what the client read; None = whatever is there now.

    Raises:
        NotFound: when there is no such visit.
    """
    values: dict[str, Any] = {"collected_at": _visits.c.updated_at if seen is None else seen}
    if cid is not None:
        values["cid"] = cid
    tx.execute(update(_visits).where(_visits.c.id == visit_id).values(values))
    return get(tx, visit_id)


def set_kpi(tx: Connection, visit_id: int, new: KpiValue, *, now: datetime) -> None:
    """Write what a KPI of the visit is, in place of what was said before."""
    said = {"value": new.value, "target_value": new.target_value, "updated_at": now}
    row = insert(tx, _kpis).values(visit_id=visit_id, kpi=new.kpi, **said)
    tx.execute(row.on_conflict_do_update(index_elements=["visit_id", "kpi"], set_=said))


def kpi_values(tx: Connection, visit_id: int) -> dict[int, KpiValue]:
    """What clients said of the visit's KPIs, by their id."""
    query = select(_kpis.c.kpi, _kpis.c.value, _kpis.c.target_value).filter_by(visit_id=visit_id)
    return {row.kpi: KpiValue(*row) for row in tx.execute(query.order_by(_kpis.c.kpi))}


def _detail(name: str) -> ColumnElement[Any]:
    return _visits.c.details[name].as_string()


def _select() -> Select[Any]:
    own = (
        *("id", "cid", "shop", "shop_name", "agent", "latitude", "longitude"),
        *("started_at", "created_at", "updated_at"),
    )
    return select(
        *(_visits.c[name] for name in own),
        _detail("current_agent_name").label("agent_name"),
        _detail("current_agent_route").label("agent_route"),
        _IS_NEW.label("is_new"),
    )


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.is_new is not None:
        where.append(_IS_NEW if wanted.is_new else ~_IS_NEW)
    if wanted.cid is not None:
        where.append(_visits.c.cid == wanted.cid)
    if wanted.route is not None:
        where.append(_detail("current_agent_route") == wanted.route)
    if wanted.agent is not None:
        where.append(_has_agent(wanted.agent))
    if wanted.since is not None:
        where.append(_visits.c.started_at >= wanted.since)
    return where


def _has_agent(name: str) -> ColumnElement[bool]:
    """Whoever the visit or one of its scenes says took the photos."""
    named = select(_agents.c.id).where(or_(_agents.c.name == name, _agents.c.cid == name))
    of_scenes = select(_scenes.c.visit_id).where(_scenes.c.agent_id.in_(named))
    said = or_(_detail("current_agent_name") == name, _visits.c.agent == name)
    return or_(said, _visits.c.id.in_(of_scenes))
