"""Whether a report that was computed anew says something else than before."""

from sqlalchemy import Connection, bindparam, select

from storage import tables
from storage.reports import ERROR, READY

_revisions = tables.report_revisions.c
_ENDED = (_revisions.report_id == bindparam("of")) & _revisions.status.in_((READY, ERROR))
_LAST_TWO = (  # built once: that takes longer than running it
    select(_revisions.status, _revisions.body_sha256)
    .where(_ENDED, _revisions.revision <= bindparam("at"))
    .order_by(_revisions.revision.desc())
    .limit(2)
)


def is_changed(tx: Connection, report_id: int, revision: int) -> bool:
    """Compare a revision with the last one before it that ended; the first one is no change."""
    answers = [tuple(row) for row in tx.execute(_LAST_TWO, {"of": report_id, "at": revision})]
    return len(answers) > 1 and answers[0] != answers[1]
