"""Rows that tests need before they can begin."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from storage import images, scenes
from storage.images import Image
from storage.lineage import Lineage
from storage.scenes import Accepted, NewScene

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(seconds=60)
LINEAGE = Lineage(
    facts_revision=1,
    detector="det-1",
    embedder="emb-1",
    gallery=3,
    thresholds={"detect": {"score": 0.5}},
    master_data={"skus": 2},
    inputs={"facings": "facts/2026-03-01/0f/r1/facings.parquet"},
    program="0.1.0",
)


def upload(tx: Connection, content: bytes = b"photo") -> Image:
    """Record an upload of this content."""
    digest = sha256(content).hexdigest()
    return images.add(tx, sha256=digest, width=4000, height=3000, size_bytes=len(content), now=NOW)


def accept(tx: Connection, *report_types: str, now: datetime = NOW, **fields: object) -> Accepted:
    """Accept a scene of one photo; FACING_COUNT when no type is given."""
    photo = upload(tx)
    types = list(report_types) or ["FACING_COUNT"]
    return scenes.accept(tx, NewScene([photo.id], types, **fields), now=now)  # type: ignore[arg-type]
