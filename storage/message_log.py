"""Messages as people see them: what was sent where and how it went, what to send once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from storage import dead_letters, endpoints, tables
from storage.errors import EndpointDisabled, NotFound
from storage.messages import IS_WORK, Attempt
from storage.records import Records
from storage.work import DELIVER_WEBHOOKS, FAILED, OPEN

_messages, _attempts, _work = tables.messages, tables.attempts, tables.work
_AT_ONCE = 500  # messages of one statement


class Sent(msgspec.Struct, frozen=True):
    """A message and how far it is."""

    id: int
    uid: str
    event: str
    scene: str
    report_id: int | None
    revision: int
    endpoint_id: int | None
    url: str
    state: str  # OPEN: it will be tried (again); DONE: delivered; FAILED: a dead letter
    problem: str | None  # of the last attempt
    due_at: datetime
    created_at: datetime


class LoggedAttempt(msgspec.Struct, frozen=True):
    """An attempt, and of what message."""

    attempt: Attempt
    uid: str
    event: str


class Count(msgspec.Struct, frozen=True):
    """How many messages of an endpoint wait, and how many are dead letters."""

    open: int = 0
    failed: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """Which messages; what is None does not matter."""

    uids: Sequence[str] | None = None
    endpoint_id: int | None = None  # 0: of addresses that calls named
    states: Sequence[str] | None = None
    since: datetime | None = None  # made then or later
    until: datetime | None = None  # made earlier


def page(tx: Connection, wanted: Wanted, *, limit: int, offset: int) -> tuple[int, list[Sent]]:
    """Count these messages and list some, the newest first."""
    count = tx.execute(_of(wanted, func.count())).scalar_one()
    columns = [_messages.c[name] for name in Sent.__struct_fields__ if name in _messages.c]
    of_work = (_work.c.state, _work.c.problem, _work.c.due_at)
    query = _of(wanted, *columns, *of_work, tables.scenes.c.scene)
    query = query.join(tables.scenes, tables.scenes.c.id == _messages.c.scene_id)
    rows = tx.execute(query.order_by(_messages.c.id.desc()).limit(limit).offset(offset))
    return count, [Sent(**row) for row in rows.mappings()]


def redeliver(records: Records, wanted: Wanted, *, now: datetime) -> int:
    """Send these messages again, at once and ten times if need be; how many there are.

    Each keeps its `webhook-id`, so a receiver that had it knows it. Many are sent again in several
    transactions, so that others can write in between; interrupted, it is asked for again.

    Raises:
        NotFound: none of the messages named by uid exists.
        EndpointDisabled: one of them goes to an endpoint that gets nothing.
    """
    query = _of(wanted, _messages.c.id, _messages.c.endpoint_id).order_by(_messages.c.id)
    with records.reading() as tx:
        found = [(row.id, row.endpoint_id) for row in tx.execute(query)]
        if wanted.uids is not None and len(found) < len(set(wanted.uids)):
            raise NotFound(f"There is no message {', '.join(wanted.uids)} here.")
        _refuse_disabled(tx, found)
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        with records.transaction() as tx:
            for endpoint_id in _addressed(some):
                endpoints.hold(tx, endpoint_id)
            _refuse_disabled(tx, some)
            dead_letters.revive(tx, [message_id for message_id, _ in some], now=now)
    return len(found)


def _refuse_disabled(tx: Connection, found: Sequence[tuple[int, int | None]]) -> None:
    for endpoint_id in _addressed(found):
        if endpoints.get(tx, endpoint_id).disabled_at:
            raise EndpointDisabled(endpoint_id)


def _addressed(found: Sequence[tuple[int, int | None]]) -> list[int]:
    """The endpoints that messages go to."""
    return sorted({endpoint_id for _, endpoint_id in found if endpoint_id is not None})


def attempts(
    tx: Connection, endpoint_id: int, *, limit: int, offset: int
) -> tuple[int, list[LoggedAttempt]]:
    """Count the attempts at an endpoint and list some, the newest first; 0 as in `Wanted`."""
    of_it = func.coalesce(_messages.c.endpoint_id, 0) == endpoint_id
    joined = _attempts.join(_messages, _messages.c.id == _attempts.c.message_id)
    count = tx.execute(select(func.count()).select_from(joined).where(of_it)).scalar_one()
    query = select(_attempts, _messages.c.uid, _messages.c.event).select_from(joined).where(of_it)
    rows = tx.execute(query.order_by(_attempts.c.id.desc()).limit(limit).offset(offset)).mappings()
    return count, [_logged(dict(row)) for row in rows]


def counts(tx: Connection) -> dict[int, Count]:
    """Count by endpoint what waits and what is dead; 0 = addresses that calls named."""
    name = func.coalesce(_messages.c.endpoint_id, 0).label("endpoint_id")
    many = [func.count().filter(_work.c.state == state) for state in (OPEN, FAILED)]
    query = select(name, *many).join(_work, IS_WORK)
    query = query.where(_work.c.state.in_((OPEN, FAILED))).group_by(name)
    rows = [tuple(row) for row in tx.execute(query)]
    return {endpoint_id: Count(waiting, dead) for endpoint_id, waiting, dead in rows}


def oldest_open(tx: Connection) -> datetime | None:
    """Tell when the oldest message was made that is neither delivered nor a dead letter."""
    query = select(func.min(_messages.c.created_at)).join(_work, IS_WORK)
    return tx.scalar(query.where(_work.c.state == OPEN))


def forget_old(tx: Connection, *, before: datetime) -> None:
    """Forget some messages that are over and older, with their attempts."""
    over = (_messages.c.created_at < before) & (_work.c.state != OPEN)
    query = select(_messages.c.id).join(_work, IS_WORK).where(over).order_by(_messages.c.id)
    ids = list(tx.scalars(query.limit(_AT_ONCE)))
    of_them = (_work.c.flow == DELIVER_WEBHOOKS) & _work.c.subject_id.in_(ids)
    tx.execute(delete(_work).where(of_them))
    tx.execute(delete(_messages).where(_messages.c.id.in_(ids)))


def _of(wanted: Wanted, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Select these columns of the wanted messages and their work."""
    query = select(*columns).select_from(_messages.join(_work, IS_WORK))
    return query.where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    own, conditions = _messages.c, list[ColumnElement[bool]]()
    if wanted.uids is not None:
        conditions.append(own.uid.in_(wanted.uids))
    if wanted.endpoint_id is not None:
        conditions.append(func.coalesce(own.endpoint_id, 0) == wanted.endpoint_id)
    if wanted.states is not None:
        conditions.append(_work.c.state.in_(wanted.states))
    if wanted.since is not None:
        conditions.append(own.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(own.created_at < wanted.until)
    return conditions


def _logged(row: dict[str, Any]) -> LoggedAttempt:
    uid, event = row.pop("uid"), row.pop("event")
    return LoggedAttempt(Attempt(**row), uid, event)
