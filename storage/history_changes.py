"""What a batch changed: the reports it made anew, beside what they said before."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from storage import tables
from storage.history import KINDS
from storage.reports import ERROR
from storage.work import FAILED

_reports, _scenes, _work = tables.reports, tables.scenes, tables.work
_now, _before = tables.report_revisions.alias(), tables.report_revisions.alias()


class TypeChanges(msgspec.Struct, frozen=True):
    """What became of the reports of one type."""

    report_type: str
    made: int  # reports with a newer revision
    changed: int  # of these, those that say something else
    errors: int  # of these, those that could not be made


class ChangedScene(msgspec.Struct, frozen=True):
    """A scene of which reports say something else."""

    scene_id: int
    scene: str
    reports: int


class Failure(msgspec.Struct, frozen=True):
    """A scene that stays as it was."""

    scene_id: int
    problem: str | None


def by_type(tx: Connection, batch: str) -> list[TypeChanges]:
    """Count what a batch made, by report type."""
    columns = (
        _reports.c.report_type,
        func.count().label("made"),
        func.count().filter(_differs()).label("changed"),
        func.count().filter(_now.c.status == ERROR).label("errors"),
    )
    query = _made(batch, columns).group_by(_reports.c.report_type)
    rows = tx.execute(query.order_by(_reports.c.report_type)).mappings()
    return [TypeChanges(**row) for row in rows]


def changed_scenes(tx: Connection, batch: str, *, limit: int) -> list[ChangedScene]:
    """List scenes whose reports changed, those of the most reports first."""
    counted = func.count().label("reports")
    columns = (_scenes.c.id.label("scene_id"), _scenes.c.scene, counted)
    query = _made(batch, columns).join(_scenes, _scenes.c.id == _reports.c.scene_id)
    query = query.where(_differs()).group_by(_scenes.c.id, _scenes.c.scene)
    rows = tx.execute(query.order_by(counted.desc(), _scenes.c.id).limit(limit)).mappings()
    return [ChangedScene(**row) for row in rows]


def failures(tx: Connection, batch: str, *, limit: int) -> list[Failure]:
    """List scenes that were given up, with the reason."""
    own = _work.c.flow.in_(KINDS) & (_work.c.request_id == batch) & (_work.c.state == FAILED)
    query = select(_work.c.subject_id, _work.c.problem).where(own)
    rows = tx.execute(query.order_by(_work.c.subject_id).limit(limit))
    return [Failure(scene_id, problem) for scene_id, problem in rows]


def _made(batch: str, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Select current revisions of the batch's scenes that are newer than the batch."""
    asked = select(_work.c.subject_id, func.min(_work.c.due_at).label("asked_at")).where(
        _work.c.flow.in_(KINDS), _work.c.request_id == batch
    )
    own = asked.group_by(_work.c.subject_id).subquery()
    current = (_now.c.report_id == _reports.c.id) & (_now.c.revision == _reports.c.revision)
    former = (_before.c.report_id == _reports.c.id) & (
        _before.c.revision == _reports.c.revision - 1
    )
    return (
        select(*columns)
        .select_from(own)
        .join(_reports, _reports.c.scene_id == own.c.subject_id)
        .join(_now, current)
        .join(_before, former)
        .where(_now.c.created_at >= own.c.asked_at)
    )


def _differs() -> ColumnElement[bool]:
    return or_(
        _now.c.status != _before.c.status,
        _now.c.body_sha256.is_distinct_from(_before.c.body_sha256),
    )
