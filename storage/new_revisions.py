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
from storage.reports import ERROR, READY
from storage.scenes import Scene

_reports, _revisions, _scenes = tables.reports, tables.report_revisions, tables.scenes
_MOVING_ON = (  # built once, as what adds a revision: that takes longer than running them
    update(_reports)
    .where(_reports.c.id == bindparam("of"))
    .values(revision=_reports.c.revision + 1, updated_at=bindparam("now"))
    .returning(_reports.c.revision, _reports.c.scene_id)
)
_ADDING = _revisions.insert()


class Renewed(NamedTuple):
    """The revision that a report has now."""

    revision: int
    is_changed: bool  # it says something else than the one before


def swap_facts(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene: Scene,
    *,
    revision: int,
    day: date,
    detector: str,
    embedder: str,
    recognised_with: dict[str, Any],
    now: datetime,
) -> bool:
    """Point the scene at newer facts; False when it points at others than `scene` says."""
    values: dict[str, Any] = {"facts_revision": revision, "facts_day": day, "facts_at": now}
    values |= {"detector": detector, "embedder": embedder, "recognised_with": recognised_with}
    own = (_scenes.c.id == scene.id) & (_scenes.c.facts_revision == scene.facts_revision)
    return tx.execute(update(_scenes).where(own).values(values)).rowcount == 1


def add_ready(
    tx: Connection, report_id: int, body: Body, *, lineage: Lineage, now: datetime
) -> Renewed:
    """Give a report another revision that is READY, and make it the current one."""
    values = {"body": body.inline, "body_key": body.key, "body_sha256": body.sha256}
    made_from = {"facts_revision": lineage.facts_revision, "lineage": msgspec.to_builtins(lineage)}
    return _add(tx, report_id, {**values, **made_from, "status": READY}, now)


def add_error(tx: Connection, report_id: int, problem: str, *, now: datetime) -> Renewed:
    """Give a report another revision that is an ERROR, and make it the current one."""
    return _add(tx, report_id, {"status": ERROR, "problem": problem}, now)


def _add(tx: Connection, report_id: int, values: dict[str, Any], now: datetime) -> Renewed:
    revision, scene_id = tx.execute(_MOVING_ON, {"of": report_id, "now": now}).one()
    times = {"created_at": now, "updated_at": now}
    tx.execute(_ADDING, {"report_id": report_id, "revision": revision, **times, **values})
    renewed = Renewed(revision, report_changes.is_changed(tx, report_id, revision))
    if renewed.is_changed:
        visits.touch_of_scene(tx, scene_id, now=now)
    return renewed
