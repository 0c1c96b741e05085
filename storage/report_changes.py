"""Whether a report that was computed anew says something else than before."""

from sqlalchemy import Connection, select

from storage import tables
from storage.reports import ERROR, READY

_revisions = tables.report_revisions


def is_changed(tx: Connection, report_id: int, revision: int) -> bool:
    """Compare a revision with the last one before it that ended; the first one is no change."""
    ended = (_revisions.c.report_id == report_id) & _revisions.c.status.in_((READY, ERROR))
    query = select(_revisions.c.status, _revisions.c.body_sha256).where(ended)
    newest = query.where(_revisions.c.revision <= revision).order_by(_revisions.c.revision.desc())
    answers = [tuple(row) for row in tx.execute(newest.limit(2))]
    return len(answers) > 1 and answers[0] != answers[1]
