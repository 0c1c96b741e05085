"""A scene's facts and its reports replaced by newer ones in one step; the older ones stay.

Until the transaction commits everybody reads the older revision, which was READY all the time.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, update

from storage import report_changes, tables, visits
from storage.lineage import Lineage
from storage.report_bodies import Body
from storage.reports import ERROR, READY, Report

_reports, _revisions, _scenes = tables.reports, tables.report_revisions, tables.scenes
_MOVING_ON = (  # built once, as what adds a revision: that takes longer than running them
    update(_reports)
    .where(_reports.c.id == bindparam("of"), _reports.c.revision == bindparam("at"))
    .values(revision=_reports.c.revision + 1, updated_at=bindparam("now"))
)
_ADDING = _revisions.insert()


class Renewed(NamedTuple):
    """The revision that a report has now."""

    revision: int
    is_changed: bool  # it says something else than the one before


def swap_facts(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    revision: int,
    day: date,
    detector: str,
    embedder: str,
    recognised_with: dict[str, Any],
    now: datetime,
) -> None:
    """Point the scene at newer facts; the caller holds it and knows which it points at."""
    values: dict[str, Any] = {"facts_revision": revision, "facts_day": day, "facts_at": now}
    values |= {"detector": detector, "embedder": embedder, "recognised_with": recognised_with}
    tx.execute(update(_scenes).where(_scenes.c.id == scene_id).values(values))


def add_ready(
    tx: Connection, report: Report, body: Body, *, lineage: Lineage, now: datetime
) -> Renewed | None:
    """Give a report another revision that is READY, and make it the current one.

    None when the report is at another revision than `report` says: nothing changes.
    """
    values = {"body": body.inline, "body_key": body.key, "body_sha256": body.sha256}
    made_from = {"facts_revision": lineage.facts_revision, "lineage": msgspec.to_builtins(lineage)}
    return _add(tx, report, {**values, **made_from, "status": READY}, now)


def add_error(tx: Connection, report: Report, problem: str, *, now: datetime) -> Renewed | None:
    """As `add_ready`, a revision that is an ERROR."""
    return _add(tx, report, {"status": ERROR, "problem": problem}, now)


def _add(tx: Connection, report: Report, values: dict[str, Any], now: datetime) -> Renewed | None:
    moved = tx.execute(_MOVING_ON, {"of": report.id, "at": report.revision, "now": now})
    if moved.rowcount == 0:
        return None
    revision, times = report.revision + 1, {"created_at": now, "updated_at": now}
    tx.execute(_ADDING, {"report_id": report.id, "revision": revision, **times, **values})
    renewed = Renewed(revision, report_changes.is_changed(tx, report.id, revision))
    if renewed.is_changed:
        visits.touch_of_scene(tx, report.scene_id, now=now)
    return renewed
