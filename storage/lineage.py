"""What a report revision was made from, so that it can be made again, byte for byte."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from storage.tables import report_revisions


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
    query = select(report_revisions.c.lineage)
    stored = tx.scalar(query.filter_by(report_id=report_id, revision=revision))
    return None if stored is None else msgspec.convert(stored, Lineage)
