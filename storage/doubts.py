"""Doubts: the facings that recognition did not name, or named without being sure.

A doubt only points at a facing of the facts; box, candidates and confidence are read there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, func, select, update

from storage import tables

AMBIGUOUS = "AMBIGUOUS"  # unnamed, although the first candidate is likely enough to be told
UNSURE = "UNSURE"  # named, with a confidence just above the lowest that names
UNKNOWN = "UNKNOWN"  # unnamed, and like no known SKU
_REVIEWED = (AMBIGUOUS, UNSURE)
_doubts, _scenes = tables.doubts, tables.scenes


class Doubt(msgspec.Struct, frozen=True):
    """Why a facing deserves a look."""

    facing_id: int
    kind: str  # AMBIGUOUS, UNSURE or UNKNOWN
    candidate: int | None  # the first SKU of the shortlist
    uncertainty: float  # 0-1; 1 = a person's answer tells most


class DoubtedFacing(msgspec.Struct, frozen=True):
    """A doubt, and where the facts of its facing lie."""

    id: int
    scene_id: int
    scene: str
    facts_day: date
    facts_revision: int
    facing_id: int
    kind: str
    uncertainty: float
    created_at: datetime


def replace(
    tx: Connection, scene_id: int, revision: int, found: Sequence[Doubt], *, now: datetime
) -> None:
    """Write the doubts of a scene's newest facts, in place of those of older ones."""
    tx.execute(delete(_doubts).where(_doubts.c.scene_id == scene_id))
    common = {"scene_id": scene_id, "facts_revision": revision, "created_at": now}
    if rows := [msgspec.structs.asdict(doubt) | common for doubt in found]:
        tx.execute(_doubts.insert(), rows)


def settle(tx: Connection, scene_id: int, facing_id: int, *, now: datetime) -> None:
    """Note that a person said what the facing is."""
    own = (_doubts.c.scene_id == scene_id) & (_doubts.c.facing_id == facing_id)
    tx.execute(update(_doubts).where(own, _doubts.c.settled_at.is_(None)).values(settled_at=now))


def facing_ids(tx: Connection, scene_id: int) -> list[int]:
    """List the facings of a scene that are or were in doubt."""
    query = select(_doubts.c.facing_id).where(_doubts.c.scene_id == scene_id)
    return list(tx.scalars(query.order_by(_doubts.c.facing_id)))


def to_review(tx: Connection, *, limit: int, offset: int) -> tuple[int, list[DoubtedFacing]]:
    """Count the doubts that wait for a person and list some, the most informative first.

    Every candidate SKU gets a turn before any gets its second, so that one answer after the other
    tells something new; within a turn the most uncertain come first, then the newest.
    """
    waits = _doubts.c.settled_at.is_(None) & _doubts.c.kind.in_(_REVIEWED)
    count = tx.execute(select(func.count()).select_from(_doubts).where(waits)).scalar_one()
    first = (_doubts.c.uncertainty.desc(), _doubts.c.id.desc())
    turn = func.row_number().over(partition_by=_doubts.c.candidate, order_by=first)
    ranked = select(_doubts.c.id, turn.label("turn")).where(waits).subquery()
    query = (
        doubted_facings()
        .join(ranked, ranked.c.id == _doubts.c.id)
        .order_by(ranked.c.turn, *first)
        .limit(limit)
        .offset(offset)
    )
    return count, [DoubtedFacing(**row) for row in tx.execute(query).mappings()]


def doubted_facings() -> Select[Any]:
    """Start a query for doubts with the place of their facts."""
    of_scene = ("scene", "facts_day")
    own = [n for n in DoubtedFacing.__struct_fields__ if n not in of_scene]
    columns = [*(_doubts.c[name] for name in own), *(_scenes.c[name] for name in of_scene)]
    return select(*columns).join(_scenes, _scenes.c.id == _doubts.c.scene_id)
