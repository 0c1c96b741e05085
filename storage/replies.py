"""What was answered to a request that may come again, kept in the transaction that did the work.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from storage.errors import OtherPayload
from storage.records import insert
from storage.tables import replies

KEPT = timedelta(days=2)


def find(tx: Connection, request: str, payload: str) -> bytes | None:
    """The body that was answered; None when the request is new.

    Args:
        tx: a writing transaction, so that of two equal requests at once the second one waits.
        request: hash of who asks what under which key, 64 hex digits.
        payload: hash of what was sent, 64 hex digits.

    Raises:
        OtherPayload: the key was used for something else.
    """
    row = tx.execute(select(replies).filter_by(request=request)).first()
    if row is None:
        return None
    if row.payload != payload:
        raise OtherPayload("This Idempotency-Key was used with another body.")
    return row.body


def keep(tx: Connection, request: str, payload: str, body: bytes, *, now: datetime) -> None:
    """Remember the answer; it is forgotten after KEPT."""
    values = {"request": request, "payload": payload, "body": body, "created_at": now}
    tx.execute(insert(tx, replies).values(values))


def forget_old(tx: Connection, *, now: datetime) -> None:
    """Drop what no client repeats any more."""
    tx.execute(delete(replies).where(replies.c.created_at <= now - KEPT))
