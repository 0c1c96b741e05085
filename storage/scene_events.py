"""What happened to a scene, in order: what its listeners are told.

Numbers count from 1 without a gap and in the order of the commits, as every writer locks the
scene's row first: who has seen number 4 misses nothing by asking for what follows. The beginning
(number 0) and the end (the last number) are no rows of their own, the scene's row says both.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, func, or_, select

from storage import tables
from storage.records import insert

ACCEPTED, STARTED, PHOTO, TOGETHER = "accepted", "started", "photo", "together"
REPORT, DONE = "report", "done"
_events, _scenes = tables.scene_events, tables.scenes
_reports, _photos = tables.reports, tables.scene_images


class SceneEvent(msgspec.Struct, frozen=True):
    """One thing that happened; `data` depends on its kind."""

    number: int
    kind: str
    at: datetime
    data: dict[str, Any]


class Ending(msgspec.Struct, frozen=True):
    """How a scene ended."""

    status: str  # DONE or ERROR
    problem: str | None
    finished_at: datetime


def add(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    kind: str,
    *,
    subject: str = "",
    data: dict[str, Any],
    now: datetime,
) -> None:
    """Note what happened; the same of the same subject again, or after the end, is not noted.

    It locks the scene's row: who locks other rows in the same transaction calls `hold` first.
    """
    if _goes_on(tx, scene_id):
        _insert(tx, scene_id, kind, subject, data, now)


def hold(tx: Connection, scene_ids: Collection[int]) -> None:
    """Lock scenes before anything of theirs, in one order: so nobody waits in a circle."""
    query = select(_scenes.c.id).where(_scenes.c.id.in_(scene_ids)).order_by(_scenes.c.id)
    tx.execute(query.with_for_update(key_share=True)).all()


def _goes_on(tx: Connection, scene_id: int) -> bool:
    """Lock the scene's row, and tell whether its end is still to come."""
    going_on = select(_scenes.c.id).where(_scenes.c.id == scene_id, _scenes.c.finished_at.is_(None))
    return tx.scalar(going_on.with_for_update(key_share=True)) is not None


def _insert(  # noqa: PLR0913, PLR0917
    tx: Connection, scene_id: int, kind: str, subject: str, data: dict[str, Any], now: datetime
) -> None:
    last = select(func.coalesce(func.max(_events.c.number), 0)).where(
        _events.c.scene_id == scene_id
    )
    row = {"scene_id": scene_id, "kind": kind, "subject": subject, "data": data, "at": now}
    new = insert(tx, _events).values(**row, number=last.scalar_subquery() + 1)
    tx.execute(new.on_conflict_do_nothing())


def add_photo(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    image_id: int,
    *,
    status: str,
    problem: str | None,
    now: datetime,
) -> None:
    """Note that a photo was looked at, READY or ERROR."""
    data = {"image": image_id, "status": status, "problem": problem}
    _add_one_of(tx, scene_id, PHOTO, f"{image_id}", data, of=_photos, now=now)


def add_report(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    report_id: int,
    revision: int,
    *,
    status: str,
    problem: str | None,
    now: datetime,
) -> None:
    """Note that a revision of a report ended, READY or ERROR."""
    query = select(_reports.c.scene_id, _reports.c.report_type).where(_reports.c.id == report_id)
    scene_id, report_type = tx.execute(query).one()
    data = {"report": report_id, "report_type": report_type, "status": status, "problem": problem}
    _add_one_of(tx, scene_id, REPORT, f"{report_id}.{revision}", data, of=_reports, now=now)


def _add_one_of(  # noqa: PLR0913
    tx: Connection,
    scene_id: int,
    kind: str,
    subject: str,
    data: dict[str, Any],
    *,
    of: Any,
    now: datetime,
) -> None:
    """Note one of several: the how many-th it is, and of how many."""
    if not _goes_on(tx, scene_id):
        return
    own = (_events.c.scene_id == scene_id) & (_events.c.kind == kind)
    told = tx.execute(select(func.count()).where(own)).scalar_one()
    total = tx.execute(select(func.count()).where(of.c.scene_id == scene_id)).scalar_one()
    counted = {**data, "count": min(told + 1, total), "of": total}
    _insert(tx, scene_id, kind, subject, counted, now)


def after(tx: Connection, numbers: dict[int, int]) -> dict[int, list[SceneEvent]]:
    """List what happened to scenes after the number given for each, in order."""
    at_number: dict[int, list[int]] = {}  # few, however many scenes: SQLite takes 1000 conditions
    for scene_id, number in numbers.items():
        at_number.setdefault(number, []).append(scene_id)
    later = [
        and_(_events.c.scene_id.in_(scene_ids), _events.c.number > number)
        for number, scene_ids in at_number.items()
    ]
    query = select(_events).where(or_(False, *later))
    rows = tx.execute(query.order_by(_events.c.scene_id, _events.c.number)).mappings()
    found: dict[int, list[SceneEvent]] = {}
    for row in rows:
        event = SceneEvent(row["number"], row["kind"], row["at"], row["data"])
        found.setdefault(row["scene_id"], []).append(event)
    return found


def endings(tx: Connection, scene_ids: list[int]) -> dict[int, Ending]:
    """Tell how those of the scenes ended that are over."""
    over = _scenes.c.id.in_(scene_ids) & _scenes.c.finished_at.is_not(None)
    columns = (_scenes.c.id, _scenes.c.status, _scenes.c.problem, _scenes.c.finished_at)
    rows = tx.execute(select(*columns).where(over))
    return {scene_id: Ending(*ending) for scene_id, *ending in rows}
