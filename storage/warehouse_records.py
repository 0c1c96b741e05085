"""What the warehouse takes from the records, as frames with the columns of its tables.

Each function reads in short transactions; large bodies of reports are read outside them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, func, select

from storage import tables
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.facts_files import FactsOf
from storage.objects import ObjectStore
from storage.records import Records
from storage.report_bodies import Body, load_body
from storage.reports import READY
from storage.warehouse_schema import frame_schema

AT_ONCE = 2000  # scenes or reports of one page: what an engine reads in a second
AGES = datetime(1970, 1, 1, tzinfo=UTC)  # before everything
_scenes, _visits, _reports = tables.scenes, tables.visits, tables.reports
_revisions, _skus = tables.report_revisions, tables.skus

StoredReport = tuple[int, int, str, int, datetime, bytes]  # id, scene, type, revision, time, JSON


def dimensions(records: Records) -> dict[str, pl.DataFrame]:
    """Load what clients name, whole: it is small. By table, each by id."""
    with records.reading() as tx:
        return {
            name: _frame(name, [tuple(row) for row in tx.execute(query)])
            for name, query in _DIMENSIONS.items()
        }


def _skus_query() -> Any:
    own = _skus.c
    query: Any = _plain(_skus, "cid", "ean13", "name")
    linked = {
        "brand": tables.brands,
        "category": tables.categories,
        "manufacturer": tables.manufacturers,
    }
    for name, table in linked.items():
        query = query.outerjoin(table, table.c.id == own[name])
        query = query.add_columns(own[name], table.c.name)
    return query.add_columns(own.size_x_mm, own.size_y_mm, own.size_z_mm)


def _plain(table: Any, *columns: str) -> Select[Any]:
    query: Any = select(table.c.id, *(table.c[name] for name in columns))
    return query.order_by(table.c.id)


_DIMENSIONS: dict[str, Select[Any]] = {  # columns in the order of the schema
    "skus": _skus_query(),
    "brands": _plain(tables.brands, "name"),
    "categories": _plain(tables.categories, "name"),
    "manufacturers": _plain(tables.manufacturers, "name"),
    "agents": _plain(tables.agents, "cid", "name"),
    "displays": _plain(tables.displays, "name", "planogram_id", "musthavelist_id"),
}


def changed_visits(records: Records, since: datetime) -> Iterator[pl.DataFrame]:
    """Load the visits made or changed since, page by page, with the columns of `visits`."""
    own = _visits.c
    names = ("cid", "shop", "shop_name", "shop_area", "agent", "task", "latitude", "longitude")
    query = _plain(_visits, *names, "started_at")
    query = query.where(func.coalesce(own.updated_at, own.created_at) >= since)
    for rows in _pages(records, query, own.id):
        yield _frame("visits", [(*row[:-1], naive(row[-1])) for row in rows])


def changed_scenes(
    records: Records, since: datetime
) -> Iterator[tuple[list[FactsOf], pl.DataFrame]]:
    """Find the scenes recognised since, page by page: their facts, and what the records say.

    The frame has `scene_id`, visit, display, agent, chain, country and time of each.
    """
    own = _scenes.c
    columns = ("scene", "facts_day", "facts_revision", "visit_id", "display_id", "agent_id")
    more = ("retail_chain", "country_code", "detector", "embedder", "taken_at", "created_at")
    query = _plain(_scenes, *columns, *more).add_columns(_PHOTOS)
    query = query.where(own.facts_at >= since, own.facts_revision.is_not(None))
    for rows in _pages(records, query, own.id):
        which = [FactsOf(row[0], row[1], row[2], row[3]) for row in rows]
        yield which, pl.DataFrame([_scene(row) for row in rows], schema=_SCENE, orient="row")


_SCENE = {
    name: kind
    for name, kind in frame_schema("scenes").items()
    if name not in ("shop", "chain", "facings", "identified", "gaps")
}
_PHOTOS = (
    select(func.count())
    .select_from(tables.scene_images)
    .where(tables.scene_images.c.scene_id == _scenes.c.id)
    .scalar_subquery()
)


def _scene(row: Sequence[Any]) -> tuple[Any, ...]:
    scene_id, scene, facts_day, revision, visit, display, agent, chain, country = row[:9]
    detector, embedder, taken, created, photos = row[9:]
    at = naive(taken or created)
    names = (scene_id, scene, visit, display, agent, chain, country)
    return (*names, at.date(), at, photos, revision, facts_day, detector, embedder)


def changed_reports(
    records: Records,
    objects: ObjectStore,
    report_types: Sequence[str],
    since: datetime,
    left_out: list[str],
) -> Iterator[list[StoredReport]]:
    """Load the current revisions of these types that became READY since, page by page.

    Those whose large body is damaged or gone are left out, each with a sentence.
    """
    is_current = and_(
        _revisions.c.report_id == _reports.c.id, _revisions.c.revision == _reports.c.revision
    )
    own, body = _revisions.c, (_revisions.c.body, _revisions.c.body_key, _revisions.c.body_sha256)
    query = _plain(_reports, "scene_id", "report_type").join(_revisions, is_current)
    query = query.add_columns(own.revision, own.updated_at, *body).where(
        _reports.c.report_type.in_(report_types),
        _reports.c.updated_at >= since,
        own.status == READY,
    )
    for rows in _pages(records, query, _reports.c.id):
        page: list[StoredReport] = []
        for row in rows:
            try:
                page.append((*row[:5], load_body(objects, Body(*row[5:])) or b"null"))
            except (ObjectCorrupt, ObjectMissing) as damage:
                left_out.append(f"Report {row[0]}: {damage}")
        yield page


def _pages(records: Records, query: Select[Any], key: ColumnElement[int]) -> Iterator[list[Any]]:
    """Read a query that is sorted by an id, its first column, in short transactions."""
    after = 0
    while True:
        with records.reading() as tx:
            rows = [tuple(row) for row in tx.execute(query.where(key > after).limit(AT_ONCE))]
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def naive(time: datetime) -> datetime:
    """Write a time as the warehouse does: UTC, without saying so."""
    return time.astimezone(UTC).replace(tzinfo=None)


def _frame(table: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=frame_schema(table), orient="row")
