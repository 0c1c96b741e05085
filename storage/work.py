"""The outbox: what must still be done, and who holds it until when.

A row is written in the transaction that accepts the work; Prefect is only nudged afterwards. Who
wants to do the work claims it, for as long as a lease; a worker that dies loses its lease and the
sweep nudges again.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)

from storage import tables
from storage.cause import NOBODY, Cause
from storage.errors import QueueFull
from storage.records import insert_in

OPEN, DONE, FAILED = "OPEN", "DONE", "FAILED"
RECOGNIZE_SCENE = "recognize-scene"  # subject: scene_id
COMPUTE_REPORTS = "compute-reports"  # subject: report_id
DELIVER_WEBHOOKS = "deliver-webhooks"  # subject: message_id
REBUILD_GALLERY = "rebuild-gallery"  # no work of the outbox: the missing vectors say it
FORECAST_SKU = "forecast-sku"  # the same: SKUs without a forecast say it
CLUSTER_UNKNOWN = "cluster-unknown"  # the same: unknown facings of no product say it
_work = tables.work
_LITERAL_OPEN = literal_column(f"'{OPEN}'")  # no parameter: so the indexes over open work have it
IS_OPEN = _work.c.state == _LITERAL_OPEN
_COUNT_UP_TO = select(func.count()).select_from(
    select(_work.c.id)
    .where(_work.c.flow == bindparam("flow"), IS_OPEN)
    .limit(bindparam("most"))
    .subquery()
)


class Work(msgspec.Struct, frozen=True):
    """One run of one flow on one subject."""

    id: int
    flow: str
    subject_id: int
    revision: int
    tries: int  # how often it was claimed
    state: str  # OPEN, DONE or FAILED
    due_at: datetime
    lease_until: datetime | None
    owner: str | None
    problem: str | None
    finished_at: datetime | None
    request_id: str | None = None
    traceparent: str | None = None
    lane: str | None = None  # of `storage.lanes`

    @property
    def cause(self) -> Cause:
        """The request that asked for it."""
        return Cause(self.request_id, self.traceparent)


def enqueue(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    flow: str,
    subject_id: int,
    *,
    revision: int = 1,
    due_at: datetime,
    cause: Cause = NOBODY,
    lane: str | None = None,
) -> None:
    """Note the work and who asked for it; noting the same work twice changes nothing."""
    named = {"flow": flow, "subject_id": subject_id, "revision": revision, "lane": lane}
    new = {"tries": 0, "state": OPEN, "due_at": due_at, **msgspec.structs.asdict(cause)}
    tx.execute(_adding(tx.dialect.name), {**named, **new})


@cache
def _adding(dialect: str) -> Insert:
    """Make the statement once, see `storage.records.insert_in`."""
    return insert_in(dialect, _work).on_conflict_do_nothing()


def claim(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    flow: str,
    subject_id: int,
    *,
    revision: int | None = None,
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Work | None:
    """Take this piece of work, or None when it is done, not due or held by somebody.

    Without a revision it is the oldest one that is free.
    """
    wanted = (_work.c.flow == flow) & (_work.c.subject_id == subject_id)
    if revision is not None:
        wanted &= _work.c.revision == revision
    taken = _take(tx, wanted & is_free(now), owner=owner, now=now, lease=lease, limit=1)
    return taken[0] if taken else None


def claim_due(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    flow: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> list[Work]:
    """Take up to `limit` free pieces of a flow's work, the longest due first."""
    free = (_work.c.flow == flow) & is_free(now)
    return _take(tx, free, owner=owner, now=now, lease=lease, limit=limit)


def claim_these(
    tx: Connection, ids: list[int], *, owner: str, now: datetime, lease: timedelta
) -> list[Work]:
    """Take those of these pieces that are free, the longest due first."""
    by_id = _work.c.state + ""  # no bare column, or SQLite would read all that is due
    free = _work.c.id.in_(ids) & is_free(now, state=by_id)
    return _take(tx, free, owner=owner, now=now, lease=lease, limit=len(ids))


def _take(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    free: ColumnElement[bool],
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> list[Work]:
    """Lock what is free, then take it.

    Two claimers never both get it: on SQLite one writes at a time; PostgreSQL asks again what it
    has locked whether it is free, and passes over rows others are taking.
    """
    oldest = select(_work.c.id).where(free).order_by(_work.c.due_at, _work.c.id).limit(limit)
    ids = list(tx.scalars(oldest.with_for_update(skip_locked=True)))
    values = {"owner": owner, "lease_until": now + lease, "tries": _work.c.tries + 1}
    taking = update(_work).where(_work.c.id.in_(ids)).values(values).returning(_work)
    taken = [Work(**row) for row in tx.execute(taking).mappings()]
    return sorted(taken, key=lambda work: (work.due_at, work.id))


def is_free(now: datetime, *, state: ColumnElement[str] = _work.c.state) -> ColumnElement[bool]:
    """Say which work is due and held by nobody."""
    lease_over = or_(_work.c.lease_until.is_(None), _work.c.lease_until <= now)
    return and_(state == _LITERAL_OPEN, _work.c.due_at <= now, lease_over)


def renew(tx: Connection, work_id: int, *, owner: str, now: datetime, lease: timedelta) -> bool:
    """Prolong the lease; False when the work went to somebody else or is over."""
    held = update(_work).where(_work.c.id == work_id, _work.c.owner == owner)
    result = tx.execute(held.where(_work.c.state == OPEN).values(lease_until=now + lease))
    return result.rowcount == 1


def owners(tx: Connection) -> list[str]:
    """List who holds open work, also with a lease that has run out."""
    query = select(_work.c.owner).where(_work.c.state == OPEN, _work.c.lease_until.is_not(None))
    return sorted(owner for owner in tx.scalars(query.distinct()) if owner)


def let_go(tx: Connection, owners: list[str]) -> None:
    """End the leases of owners that died; the tries stay counted."""
    held = update(_work).where(_work.c.owner.in_(owners), _work.c.state == OPEN)
    tx.execute(held.values(lease_until=None, owner=None))


def hand_back(tx: Connection, owner: str) -> None:
    """End the leases of an owner that is told to stop; these tries do not count."""
    held = update(_work).where(_work.c.owner == owner, _work.c.state == OPEN)
    tx.execute(held.values(lease_until=None, owner=None, tries=_work.c.tries - 1))


def finish(tx: Connection, work_id: int, *, now: datetime) -> None:
    """Mark the work as done."""
    _set(tx, work_id, state=DONE, lease_until=None, finished_at=now)


def retry(
    tx: Connection, held: Work, *, due_at: datetime, problem: str, counts: bool = True
) -> None:
    """Give the work back, to be done again at `due_at`, unless it was claimed again by now.

    What is given back without being counted is as if it had not been tried.
    """
    mine = (_work.c.id == held.id) & (_work.c.owner == held.owner) & (_work.c.tries == held.tries)
    free = {"lease_until": None, "owner": None, "tries": _work.c.tries - int(not counts)}
    tx.execute(update(_work).where(mine, IS_OPEN).values(due_at=due_at, problem=problem, **free))


def give_up(tx: Connection, work_id: int, *, problem: str) -> None:
    """Mark the work as failed for good."""
    _set(tx, work_id, state=FAILED, problem=problem, lease_until=None)


def _set(tx: Connection, work_id: int, **values: Any) -> None:
    """Change open work; what is over stays as it is."""
    tx.execute(update(_work).where(_work.c.id == work_id, _work.c.state == OPEN).values(values))


def due(
    tx: Connection,
    *,
    now: datetime,
    limit: int,
    flow: str | None = None,
    subjects: list[int] | None = None,
) -> list[Work]:
    """List what nobody holds although it is due, the longest first: what the sweep nudges.

    Args:
        flow: only work of this flow.
        subjects: only work on these.
    """
    wanted = is_free(now)
    if flow is not None:
        wanted &= _work.c.flow == flow
    if subjects is not None:
        wanted &= _work.c.subject_id.in_(subjects)
    query = select(_work).where(wanted).order_by(_work.c.due_at, _work.c.id).limit(limit)
    return [Work(**row) for row in tx.execute(query).mappings()]


def check_room(tx: Connection, flow: str, most: int) -> None:
    """Raise QueueFull when so much of a flow's work is open already; 0 = there is always room."""
    if most and tx.execute(_COUNT_UP_TO, {"flow": flow, "most": most}).scalar_one() >= most:
        raise QueueFull


def backlog(tx: Connection) -> int:
    """Count the work that is neither done nor failed."""
    return tx.execute(select(func.count()).where(_work.c.state == OPEN)).scalar_one()
