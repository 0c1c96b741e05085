"""History done again: which scenes, the work of it, how far it is, and whether it must wait.

The work lies in the outbox beside that of live scenes, under kinds of its own. Pieces that were
asked for together are a batch; its name stands where other work names its request.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from storage import scenes, tables
from storage.cause import Cause
from storage.reports import READY
from storage.scenes import Scene
from storage.work import COMPUTE_REPORTS, FAILED, IS_OPEN, RECOGNIZE_SCENE, enqueue

RECOGNISE_AGAIN = "recognise-again"  # subject: scene_id
REPORT_AGAIN = "report-again"  # subject: scene_id
KINDS = (RECOGNISE_AGAIN, REPORT_AGAIN)
LIVE = (RECOGNIZE_SCENE, COMPUTE_REPORTS)  # somebody waits for these: they go first
AT_ONCE = 200  # scenes read, or work noted, in one transaction
_scenes, _visits, _work = tables.scenes, tables.visits, tables.work


class Wanted(msgspec.Struct, frozen=True):
    """Which scenes; None = any."""

    since: date | None = None  # accepted on that day (UTC) or later
    until: date | None = None  # that day included
    display: int | None = None
    shop: str | None = None  # the customer's code of the shop
    model: str | None = None  # name and version of the detector or embedder that saw them


class Progress(msgspec.Struct, frozen=True):
    """How far a batch is, in scenes."""

    total: int
    open: int
    failed: int

    @property
    def over(self) -> int:
        """Scenes that need no more work."""
        return self.total - self.open


def chosen(tx: Connection, wanted: Wanted, *, after: int) -> list[Scene]:
    """List some scenes that were recognised, by id, from the one after an id on."""
    query = select(_scenes).join(_visits, _visits.c.id == _scenes.c.visit_id)
    query = query.where(_is_wanted(wanted), _scenes.c.id > after)
    rows = tx.execute(query.order_by(_scenes.c.id).limit(AT_ONCE)).mappings()
    return [Scene(**{name: row[name] for name in Scene.__struct_fields__}) for row in rows]


def ready(tx: Connection, scene_ids: Sequence[int], report_type: str) -> list[int]:
    """List the ids of the scenes' reports of a type that are READY."""
    reports, revisions = tables.reports, tables.report_revisions
    current = (revisions.c.report_id == reports.c.id) & (revisions.c.revision == reports.c.revision)
    query = select(reports.c.id).join(revisions, current)
    own = reports.c.scene_id.in_(scene_ids) & (reports.c.report_type == report_type)
    return list(tx.scalars(query.where(own, revisions.c.status == READY).order_by(reports.c.id)))


def _is_wanted(wanted: Wanted) -> ColumnElement[bool]:
    own = _scenes.c
    found = [own.status == scenes.DONE, own.facts_revision.is_not(None)]
    if wanted.since:
        found.append(own.created_at >= _midnight(wanted.since))
    if wanted.until:
        found.append(own.created_at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.display is not None:
        found.append(own.display_id == wanted.display)
    if wanted.shop is not None:
        found.append(_visits.c.shop == wanted.shop)
    if wanted.model is not None:
        found.append(or_(own.detector == wanted.model, own.embedder == wanted.model))
    return and_(*found)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def ask(tx: Connection, kind: str, scene_ids: Sequence[int], *, batch: str, now: datetime) -> int:
    """Note the work, but for scenes of which the same is still to be done; how much is new.

    Asking again for a batch that was noted in part notes the rest.
    """
    query = select(
        _work.c.subject_id,
        func.max(_work.c.revision),
        func.count().filter(or_(IS_OPEN, _work.c.request_id == batch)),
    ).where(_work.c.flow == kind, _work.c.subject_id.in_(scene_ids))
    rows = tx.execute(query.group_by(_work.c.subject_id))
    former = {scene_id: (last, waits) for scene_id, last, waits in rows}
    new = [one for one in scene_ids if not former.get(one, (0, 0))[1]]
    for scene_id in new:
        revision = former.get(scene_id, (0, 0))[0] + 1
        enqueue(tx, kind, scene_id, revision=revision, due_at=now, cause=Cause(batch, None))
    return len(new)


def open_batches(tx: Connection) -> list[str]:
    """Name the batches of which something is still to be done, the oldest first."""
    query = select(_work.c.request_id).where(_work.c.flow.in_(KINDS), IS_OPEN)
    return sorted({name for name in tx.scalars(query.distinct()) if name})


def progress(tx: Connection, batches: Sequence[str]) -> Progress:
    """Count the scenes of batches."""
    counted = func.count()
    columns = (
        counted,
        counted.filter(IS_OPEN),
        counted.filter(_work.c.state == FAILED),
    )
    of = _work.c.flow.in_(KINDS) & _work.c.request_id.in_(batches)
    return Progress(*tx.execute(select(*columns).where(of)).one())


def due_kinds(tx: Connection, *, now: datetime) -> list[str]:
    """Name the kinds of which something may be done now."""
    free = or_(_work.c.lease_until.is_(None), _work.c.lease_until <= now)
    due = IS_OPEN & (_work.c.due_at <= now) & free
    return [
        kind
        for kind in KINDS
        if tx.scalar(select(_work.c.id).where(_work.c.flow == kind, due).limit(1)) is not None
    ]


def must_wait(tx: Connection, host: str, *, now: datetime) -> bool:
    """Whether somebody waits for a scene or report that nobody works on, or this host does.

    Args:
        tx: a transaction.
        host: what the owners of leases of this host begin with.
        now: the time.
    """
    unheld = or_(_work.c.lease_until.is_(None), _work.c.lease_until <= now)
    here = or_(unheld, _work.c.owner.startswith(host, autoescape=True))
    live = _work.c.flow.in_(LIVE) & IS_OPEN & (_work.c.due_at <= now)
    return tx.scalar(select(_work.c.id).where(live, here).limit(1)) is not None
