"""Reports that somebody waits for: since when, and whether anything will still make them."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from storage import tables
from storage.reports import NOT_READY
from storage.work import COMPUTE_REPORTS, OPEN, RECOGNIZE_SCENE

_reports, _revisions, _work = tables.reports, tables.report_revisions, tables.work


class Awaited(msgspec.Struct, frozen=True):
    """Reports that are NOT_READY."""

    count: int
    lost: int  # of these, without work that would make them: must be 0
    oldest_at: datetime | None


def awaited(tx: Connection) -> Awaited:
    """Count the reports that are NOT_READY; an index holds them apart from all others."""
    lost = func.count().filter(~_will_be_made())
    query = (
        select(func.count(), lost, func.min(_revisions.c.created_at))
        .join(_reports, _reports.c.id == _revisions.c.report_id)
        .where(_revisions.c.status == NOT_READY)
    )
    return Awaited(*tx.execute(query).one())


def accepted(tx: Connection) -> int:
    """Tell how many scenes were ever accepted: the newest id, as none is used twice.

    On PostgreSQL an id is also used up by a transaction that is undone.
    """
    return tx.execute(select(func.max(tables.scenes.c.id))).scalar_one() or 0


def _will_be_made() -> ColumnElement[bool]:
    """Whether recognition of the scene, or computing this revision, is still to be done."""
    recognition = (_work.c.flow == RECOGNIZE_SCENE) & (_work.c.subject_id == _reports.c.scene_id)
    computing = (
        (_work.c.flow == COMPUTE_REPORTS)
        & (_work.c.subject_id == _revisions.c.report_id)
        & (_work.c.revision == _revisions.c.revision)
    )
    made = exists().where(_work.c.state == OPEN, or_(recognition, computing))
    return made.correlate(_reports, _revisions)
