"""Webhook messages: one per report revision and address, with every attempt to deliver it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from storage import tables, work
from storage.errors import NotFound
from storage.records import insert

_messages, _attempts = tables.messages, tables.attempts


class Message(msgspec.Struct, frozen=True):
    """A report revision that goes to an address."""

    id: int
    report_id: int
    revision: int
    url: str
    created_at: datetime


class Attempt(msgspec.Struct, frozen=True):
    """One try to deliver a message."""

    id: int
    message_id: int
    at: datetime
    status_code: int | None  # null: no answer came
    error: str | None
    milliseconds: float


def add(tx: Connection, *, report_id: int, revision: int, url: str, now: datetime) -> int | None:
    """Note that a revision goes to an address, and the work of delivering it.

    Belongs into the transaction that ends the revision. None when the message exists already.
    """
    row = insert(tx, _messages).values(
        report_id=report_id, revision=revision, url=url, created_at=now
    )
    message_id = tx.scalar(row.on_conflict_do_nothing().returning(_messages.c.id))
    if message_id is not None:
        work.enqueue(tx, work.DELIVER_WEBHOOKS, message_id, due_at=now)
    return message_id


def get(tx: Connection, message_id: int) -> Message:
    """Read a message.

    Raises:
        NotFound: when the id was never given out.
    """
    row = tx.execute(select(_messages).filter_by(id=message_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    return Message(**row)


def open_for_scene(tx: Connection, scene_id: int) -> list[int]:
    """List the scene's messages that are not delivered yet, oldest first."""
    is_work = (tables.work.c.flow == work.DELIVER_WEBHOOKS) & (
        tables.work.c.subject_id == _messages.c.id
    )
    query = (
        select(_messages.c.id)
        .join(tables.reports, tables.reports.c.id == _messages.c.report_id)
        .join(tables.work, is_work)
        .where(tables.reports.c.scene_id == scene_id, tables.work.c.state == work.OPEN)
    )
    return list(tx.scalars(query.order_by(_messages.c.id)))


def log_attempt(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    message_id: int,
    *,
    at: datetime,
    status_code: int | None,
    error: str | None,
    milliseconds: float,
) -> None:
    """Note one try to deliver."""
    row = {"message_id": message_id, "at": at, "status_code": status_code}
    tx.execute(_attempts.insert().values(**row, error=error, milliseconds=milliseconds))


def attempts(tx: Connection, message_id: int) -> list[Attempt]:
    """List the tries to deliver a message, oldest first."""
    query = select(_attempts).filter_by(message_id=message_id).order_by(_attempts.c.id)
    return [Attempt(**row) for row in tx.execute(query).mappings()]
