"""Webhook messages: an event on its way to an address, with every attempt to deliver it."""

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from storage import dead_letters, tables, work
from storage.cause import NOBODY, Cause
from storage.endpoints import DISABLED, Endpoint
from storage.errors import NotFound
from storage.records import insert
from storage.webhook_url import lane_of
from storage.work import DELIVER_WEBHOOKS

_messages, _attempts, _work = tables.messages, tables.attempts, tables.work
IS_WORK = (_work.c.flow == DELIVER_WEBHOOKS) & (_work.c.subject_id == _messages.c.id)


class Event(msgspec.Struct, frozen=True):
    """Something that happened, as receivers are told of it."""

    name: str  # of `storage.endpoints.EVENTS`
    scene_id: int
    scene: str  # UUIDv7 as 32 hex digits
    report_id: int | None = None
    revision: int = 1


class Message(msgspec.Struct, frozen=True):
    """An event that goes to an endpoint, or to an address that a call named."""

    id: int
    uid: str  # `webhook-id` of every attempt
    event: str
    scene_id: int
    report_id: int | None  # None: the event is the scene's
    revision: int
    endpoint_id: int | None  # None: it goes to `url`
    url: str
    failures: int  # failed attempts since it was first sent, or redelivered
    created_at: datetime


class Attempt(msgspec.Struct, frozen=True):
    """One try to deliver a message."""

    id: int
    message_id: int
    at: datetime
    status_code: int | None  # null: no answer came
    failure: str | None  # what kind; null: delivered
    error: str | None
    reply: str | None  # how it began
    milliseconds: float
    next_at: datetime | None  # null: no further attempt


def add(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    event: Event,
    *,
    now: datetime,
    url: str = "",
    endpoint: Endpoint | None = None,
    cause: Cause = NOBODY,
) -> int | None:
    """Note that an event goes to an endpoint or to an address, and the work of delivering it.

    Belongs into the transaction in which it happens. None when the message exists already. For a
    disabled endpoint it is a dead letter from the start, which can be redelivered later.
    """
    values = {
        "uid": _uid(event, f"endpoint {endpoint.id}" if endpoint else url),
        "event": event.name,
        "scene_id": event.scene_id,
        "report_id": event.report_id,
        "revision": event.revision,
        "endpoint_id": endpoint.id if endpoint else None,
        "url": url,
        "failures": 0,
        "created_at": now,
    }
    row = insert(tx, _messages).values(values).on_conflict_do_nothing()
    message_id = tx.scalar(row.returning(_messages.c.id))
    if message_id is not None:
        lane = f"endpoint {endpoint.id}" if endpoint else lane_of(url)
        work.enqueue(tx, DELIVER_WEBHOOKS, message_id, due_at=now, cause=cause, lane=lane)
        if endpoint and endpoint.disabled_at:
            dead_letters.bury(tx, [message_id], problem=DISABLED)
    return message_id


def _uid(event: Event, address: str) -> str:
    """Name a message: the same event to the same address is one message, whoever adds it.

    The scene's UUID makes it unlike those of another installation or of a restored one.
    """
    what = f"{event.name} {event.scene} {event.report_id} {event.revision} {address}"
    return "msg_" + hashlib.sha256(what.encode()).hexdigest()[:32]


def get(tx: Connection, message_id: int) -> Message:
    """Read a message.

    Raises:
        NotFound: when the id was never given out.
    """
    row = tx.execute(select(_messages).filter_by(id=message_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    return Message(**row)


def count_failure(tx: Connection, message_id: int) -> None:
    """Note that an attempt failed, which puts the next one further off."""
    failed = {"failures": _messages.c.failures + 1}
    tx.execute(update(_messages).where(_messages.c.id == message_id).values(failed))


def log_attempt(tx: Connection, attempt: Attempt) -> None:
    """Note one try to deliver; its id is made here."""
    values = msgspec.structs.asdict(attempt)
    del values["id"]
    tx.execute(_attempts.insert().values(values))


def attempts(tx: Connection, message_id: int) -> list[Attempt]:
    """List the tries to deliver a message, oldest first."""
    query = select(_attempts).filter_by(message_id=message_id).order_by(_attempts.c.id)
    return [Attempt(**row) for row in tx.execute(query).mappings()]
