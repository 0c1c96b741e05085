"""What a report revision was made from, so that it can be made again, byte for byte."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select

from storage.tables import report_revisions, reports

_made = report_revisions.c
_OF = select(_made.lineage).where(
    _made.report_id == bindparam("of"), _made.revision == bindparam("at")
)
_OF_SCENE = (
    select(reports.c.id, _made.lineage)
    .join_from(reports, report_revisions, _made.report_id == reports.c.id)
    .where(reports.c.scene_id == bindparam("scene"), _made.revision == reports.c.revision)
)


class Lineage(msgspec.Struct, frozen=True):
    """Where the numbers of a report revision come from."""

    facts_revision: int
    detector: str | None  # name and version
    embedder: str | None
    gallery: int | None  # its version at recognition
    thresholds: dict[str, Any]  # of the models' cards at recognition, by task
    master_data: dict[str, int]  # versions by kind, when the report was made
    inputs: dict[str, str]  # keys of the objects that hold its frames, by input
    program: str  # version of Gondola that made it


def of_revision(tx: Connection, report_id: int, revision: int) -> Lineage | None:
    """Read it; None while the revision is not READY, and when it is older than lineage."""
    stored = tx.scalar(_OF, {"of": report_id, "at": revision})
    return None if stored is None else msgspec.convert(stored, Lineage)


def of_scene(tx: Connection, scene_id: int) -> dict[int, Lineage]:
    """Read that of the current revision of each report of a scene, by report id, where it has."""
    stored = tx.execute(_OF_SCENE, {"scene": scene_id})
    return {of: msgspec.convert(one, Lineage) for of, one in stored if one is not None}
