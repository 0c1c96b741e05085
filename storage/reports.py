"""Reports: one per scene and type, each with its revisions; a revision ends once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    select,
    tuple_,
    update,
)

from storage import scene_events, tables, visits, work
from storage.cause import NOBODY, Cause
from storage.errors import NotFound
from storage.lineage import Lineage
from storage.objects import ObjectStore
from storage.report_bodies import Body, check_body, load_body

NOT_READY, READY, ERROR = "NOT_READY", "READY", "ERROR"
_reports, _revisions, _scenes = tables.reports, tables.report_revisions, tables.scenes
_ADDING = _reports.insert().returning(_reports.c.id, sort_by_parameter_order=True)
_ADDING_REVISIONS = _revisions.insert()


class Report(msgspec.Struct, frozen=True):
    """A report at its current revision."""

    id: int
    scene_id: int
    scene: str
    visit_id: int
    report_type: str
    status: str  # NOT_READY, READY or ERROR
    revision: int
    body: bytes | None  # JSON
    problem: str | None
    previous_report: int | None
    created_at: datetime
    updated_at: datetime
    large: Body | None = None  # where the body is that `with_body` reads


def add(tx: Connection, scene_id: int, report_types: list[str], *, now: datetime) -> dict[str, int]:
    """Make one report per type, NOT_READY; returns type -> id in the order given."""
    times, names = {"created_at": now, "updated_at": now}, list(dict.fromkeys(report_types))
    if not names:
        return {}
    new = {"scene_id": scene_id, "revision": 1, **times}
    ids = list(tx.scalars(_ADDING, [{**new, "report_type": name} for name in names]))
    first = {"revision": 1, "webhook": None, "status": NOT_READY, **times}
    tx.execute(_ADDING_REVISIONS, [{**first, "report_id": report_id} for report_id in ids])
    return dict(zip(names, ids, strict=True))


def _add_revision(
    tx: Connection, report_id: int, revision: int, *, webhook: str | None, now: datetime
) -> None:
    row = {"report_id": report_id, "revision": revision, "webhook": webhook, "status": NOT_READY}
    tx.execute(_ADDING_REVISIONS, {**row, "created_at": now, "updated_at": now})


def get(tx: Connection, report_id: int, *, revision: int | None = None) -> Report:
    """Read a report, with its body when that is small; `with_body` reads a large one.

    Args:
        revision: an older one; without it the current one.

    Raises:
        NotFound: when the id was never given out.
        ObjectCorrupt: when the body is not what was stored.
    """
    stored = (_revisions.c.body, _revisions.c.body_key, _revisions.c.body_sha256)  # a Body
    query = _current(*stored, revision=revision)
    row = tx.execute(query.where(_reports.c.id == report_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no report {report_id}.")
    values = dict(row)
    body = Body(*(values.pop(column.name) for column in stored))
    previous = tx.scalar(_PREVIOUS, {"of": report_id})
    large, inline = (body, None) if body.key else (None, check_body(body.inline, body))
    return Report(**values, body=inline, previous_report=previous, large=large)


def with_body(report: Report, objects: ObjectStore) -> Report:
    """Read a large body from the object store; belongs outside any transaction.

    Raises:
        ObjectMissing, ObjectCorrupt: it is not what was stored.
    """
    large = report.large
    return replace(report, body=load_body(objects, large)) if large else report


def page(tx: Connection, *, limit: int, offset: int) -> tuple[int, list[Report]]:
    """Count the reports and list some, newest first, without body and previous report."""
    count = tx.execute(select(func.count()).select_from(_reports)).scalar_one()
    query = _current().order_by(_reports.c.id.desc()).limit(limit).offset(offset)
    return count, _without_bodies(tx, query)


def of_scene(tx: Connection, scene_id: int) -> list[Report]:
    """List a scene's reports as they were asked for, without body and previous report."""
    query = _current().where(_reports.c.scene_id == scene_id).order_by(_reports.c.id)
    return _without_bodies(tx, query)


def revisions(tx: Connection, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Report]:
    """Read revisions of reports, without body and previous report, by (report_id, revision)."""
    of = tuple_(_revisions.c.report_id, _revisions.c.revision).in_(list(wanted))
    query = _joined(_revisions.c.report_id == _reports.c.id).where(of)
    return {(one.id, one.revision): one for one in _without_bodies(tx, query)}


def _current(*more: ColumnElement[Any], revision: int | None = None) -> Select[Any]:
    """Select reports joined with their current (or the given) revision and scene."""
    wanted = _reports.c.revision if revision is None else revision
    joined = and_(_revisions.c.report_id == _reports.c.id, _revisions.c.revision == wanted)
    return _joined(joined, *more)


def _joined(on: ColumnElement[bool], *more: ColumnElement[Any]) -> Select[Any]:
    own = [column for column in _reports.c if column.name != "revision"]
    columns = [_revisions.c.revision, _scenes.c.scene, _scenes.c.visit_id, _revisions.c.status]
    return select(*own, *columns, _revisions.c.problem, *more).select_from(
        _reports.join(_revisions, on).join(_scenes, _scenes.c.id == _reports.c.scene_id)
    )


def _without_bodies(tx: Connection, query: Select[Any]) -> list[Report]:
    rows = tx.execute(query).mappings()
    return [Report(**row, body=None, previous_report=None) for row in rows]


def _previous() -> Select[Any]:
    """Select the last report before the one `of`, of the same type, display and shop.

    Without a display there is none: in SQL null equals nothing.
    """
    mine, my_scene = _reports.alias(), _scenes.alias()
    other_visit, my_visit = tables.visits, tables.visits.alias()
    own = mine.join(my_scene, my_scene.c.id == mine.c.scene_id)
    own = own.join(my_visit, my_visit.c.id == my_scene.c.visit_id)
    former = _reports.join(_scenes, _scenes.c.id == _reports.c.scene_id)
    former = former.join(other_visit, other_visit.c.id == _scenes.c.visit_id)
    same = and_(
        _scenes.c.display_id == my_scene.c.display_id,
        _reports.c.report_type == mine.c.report_type,
        other_visit.c.shop.is_not_distinct_from(my_visit.c.shop),
        _reports.c.id < mine.c.id,
    )
    query = select(func.max(_reports.c.id)).select_from(own.join(former, same))
    return query.where(mine.c.id == bindparam("of"))


_PREVIOUS = _previous()  # built once: that takes longer than running it


def start_revision(
    tx: Connection,
    report_id: int,
    *,
    webhook: str | None,
    now: datetime,
    cause: Cause = NOBODY,
) -> int:
    """Make the report NOT_READY again under a new revision, and note the work of computing it.

    Args:
        webhook: where this revision goes when it is ready, instead of the scene's address.

    Raises:
        NotFound: when there is no such report.
    """
    one_more = {"revision": _reports.c.revision + 1, "updated_at": now}
    moved = update(_reports).where(_reports.c.id == report_id).values(one_more)
    revision = tx.scalar(moved.returning(_reports.c.revision))
    if revision is None:
        raise NotFound(f"There is no report {report_id}.")
    _add_revision(tx, report_id, revision, webhook=webhook, now=now)
    flow = work.COMPUTE_REPORTS
    work.enqueue(tx, flow, report_id, revision=revision, due_at=now, cause=cause)
    return revision


def webhook_of(tx: Connection, report_id: int, revision: int) -> str | None:
    """Tell where this revision is sent: its own address, else the scene's, else nowhere."""
    return tx.scalar(_WEBHOOK, {"of": report_id, "at": revision})


def set_ready(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    report_id: int,
    revision: int,
    body: Body,
    *,
    lineage: Lineage,
    now: datetime,
) -> bool:
    """End the revision as READY; False when it had ended already, then nothing changes."""
    made_from = {"facts_revision": lineage.facts_revision, "lineage": msgspec.to_builtins(lineage)}
    values = {"body": body.inline, "body_key": body.key, "body_sha256": body.sha256, **made_from}
    return _end(tx, report_id, revision, {"status": READY, **values}, now=now)


def set_error(
    tx: Connection, report_id: int, revision: int, problem: str, *, now: datetime
) -> bool:
    """End the revision as ERROR; False when it had ended already, then nothing changes."""
    return _end(tx, report_id, revision, {"status": ERROR, "problem": problem}, now=now)


def _end(
    tx: Connection, report_id: int, revision: int, values: dict[str, Any], *, now: datetime
) -> bool:
    which = {"of": report_id, "at": revision}
    if tx.execute(_UNENDED, {**which, **values, "updated_at": now}).rowcount == 0:
        return False
    if scene_id := tx.scalar(_CURRENT, {**which, "updated_at": now}):
        visits.touch_of_scene(tx, scene_id, now=now)
    status, problem = values["status"], values.get("problem")
    scene_events.add_report(tx, report_id, revision, status=status, problem=problem, now=now)
    return True


_IS_REVISION = (_revisions.c.report_id == bindparam("of")) & (
    _revisions.c.revision == bindparam("at")
)
# Built once: that takes longer than running them.
_WEBHOOK = (
    select(func.coalesce(_revisions.c.webhook, _scenes.c.webhook))
    .join(_reports, _reports.c.id == _revisions.c.report_id)
    .join(_scenes, _scenes.c.id == _reports.c.scene_id)
    .where(_IS_REVISION)
)
_UNENDED = update(_revisions).where(_IS_REVISION, _revisions.c.status == NOT_READY)
_CURRENT = (
    update(_reports)
    .where(_reports.c.id == bindparam("of"), _reports.c.revision == bindparam("at"))
    .values(updated_at=bindparam("updated_at"))
    .returning(_reports.c.scene_id)
)
