"""Endpoints: addresses that are told of every event of some kinds, until they no longer answer.

What a message to one came to is noted here, too: an endpoint that only fails is disabled.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from storage import dead_letters, tables, work
from storage.errors import NotFound

REPORT_READY, REPORT_ERROR = "report.ready", "report.error"
REPORT_CHANGED, SCENE_DONE = "report.changed", "scene.done"
EVENTS = {  # event -> when it happens
    REPORT_READY: "a report is READY, also when it was computed anew",
    REPORT_ERROR: "a report could not be made",
    REPORT_CHANGED: "a report that was computed anew says something else than before",
    SCENE_DONE: "every report of a scene has ended",
}
PATIENCE = timedelta(days=5)  # of failures alone, after which an endpoint is disabled
DISABLED = "The endpoint is disabled."
_endpoints, _messages = tables.endpoints, tables.messages
_EVERYONE = select(_endpoints).order_by(_endpoints.c.id)  # built once


class Endpoint(msgspec.Struct, frozen=True):
    """An address that is told of events."""

    id: int
    url: str
    description: str
    events: list[str]  # of EVENTS, in their order
    created_at: datetime
    failing_since: datetime | None  # first failure after the last success
    disabled_at: datetime | None  # None: it gets messages
    disabled_because: str | None


def add(
    tx: Connection, *, url: str, events: Sequence[str], description: str, now: datetime
) -> Endpoint:
    """Make an endpoint."""
    values = {"url": url, "events": _written(events), "description": description}
    row = _endpoints.insert().values(**values, created_at=now).returning(_endpoints)
    return _read(tx.execute(row).mappings().one())


def get(tx: Connection, endpoint_id: int) -> Endpoint:
    """Read an endpoint; NotFound when there is none."""
    found = tx.execute(select(_endpoints).filter_by(id=endpoint_id)).mappings().first()
    if found is None:
        raise NotFound(f"There is no endpoint {endpoint_id}; `gondola webhooks list` shows them.")
    return _read(found)


def page(tx: Connection, *, limit: int, offset: int) -> tuple[int, list[Endpoint]]:
    """Count the endpoints and list some, by id."""
    count = tx.execute(select(func.count()).select_from(_endpoints)).scalar_one()
    query = select(_endpoints).order_by(_endpoints.c.id).limit(limit).offset(offset)
    return count, [_read(row) for row in tx.execute(query).mappings()]


def count_disabled(tx: Connection) -> int:
    """Count the endpoints that get nothing."""
    disabled = select(func.count()).select_from(_endpoints)
    return tx.execute(disabled.where(_endpoints.c.disabled_at.is_not(None))).scalar_one()


def wanting(tx: Connection, event: str) -> list[Endpoint]:
    """List the endpoints that want to be told of an event, disabled ones included."""
    everyone = [_read(row) for row in tx.execute(_EVERYONE).mappings()]
    return [endpoint for endpoint in everyone if event in endpoint.events]


def change(
    tx: Connection,
    endpoint_id: int,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    description: str | None = None,
) -> Endpoint:
    """Write what is given; messages that wait go to the new address. NotFound as `get`."""
    values = {"url": url, "description": description, "events": _written(events or []) or None}
    given = {name: value for name, value in values.items() if value is not None}
    if given:
        _set(tx, endpoint_id, **given)
    return get(tx, endpoint_id)


def hold(tx: Connection, endpoint_id: int) -> bool:
    """Lock an endpoint before its messages, and those before their work; False = it was removed."""
    mine = select(_endpoints.c.id).where(_endpoints.c.id == endpoint_id)
    return tx.scalar(mine.with_for_update(key_share=True)) is not None


def remove(tx: Connection, endpoint_id: int) -> None:
    """Remove an endpoint with its secrets, messages and attempts; NotFound as `get`.

    It waits for who is adding a message, or the work of that message would stay behind.
    """
    get(tx, endpoint_id)
    tx.execute(select(_endpoints.c.id).where(_endpoints.c.id == endpoint_id).with_for_update())
    of_it = select(_messages.c.id).where(_messages.c.endpoint_id == endpoint_id)
    is_work = tables.work.c.flow == work.DELIVER_WEBHOOKS
    tx.execute(delete(tables.work).where(is_work, tables.work.c.subject_id.in_(of_it)))
    secrets = tables.webhook_secrets
    tx.execute(delete(secrets).where(secrets.c.endpoint_id == endpoint_id))
    tx.execute(delete(_endpoints).where(_endpoints.c.id == endpoint_id))


def disable(tx: Connection, endpoint_id: int, *, because: str, now: datetime) -> None:
    """Send it nothing more: what waits and what is yet to come are dead letters."""
    enabled = (_endpoints.c.id == endpoint_id) & _endpoints.c.disabled_at.is_(None)
    values = {"disabled_at": now, "disabled_because": because}
    tx.execute(update(_endpoints).where(enabled).values(values))
    of_it = select(_messages.c.id).where(_messages.c.endpoint_id == endpoint_id)
    dead_letters.bury(tx, of_it, problem=DISABLED)


def enable(tx: Connection, endpoint_id: int) -> Endpoint:
    """Send to it again from now on; its dead letters wait for `redeliver`. NotFound as `get`."""
    _set(tx, endpoint_id, disabled_at=None, disabled_because=None, failing_since=None)
    return get(tx, endpoint_id)


def succeeded(tx: Connection, endpoint_id: int) -> None:
    """Note that it took a message: its failures so far no longer count."""
    failing = (_endpoints.c.id == endpoint_id) & _endpoints.c.failing_since.is_not(None)
    tx.execute(update(_endpoints).where(failing).values(failing_since=None))


def failed(tx: Connection, endpoint_id: int, *, now: datetime) -> None:
    """Note that it did not take a message, and disable it when it has not taken any for long."""
    since = func.coalesce(_endpoints.c.failing_since, now)
    _set(tx, endpoint_id, failing_since=since)
    failing_since = get(tx, endpoint_id).failing_since
    if failing_since is not None and now - failing_since >= PATIENCE:
        because = f"Every attempt since {failing_since:%Y-%m-%d %H:%M} UTC failed."
        disable(tx, endpoint_id, because=because, now=now)


def _set(tx: Connection, endpoint_id: int, **values: Any) -> None:
    tx.execute(update(_endpoints).where(_endpoints.c.id == endpoint_id).values(values))


def _written(events: Sequence[str]) -> str:
    return " ".join(name for name in EVENTS if name in events)


def _read(row: Any) -> Endpoint:
    return Endpoint(**dict(row) | {"events": row["events"].split()})
