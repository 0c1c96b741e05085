"""What was answered to a request that may come again, kept in the transaction that did the work.

Before the work, the request is claimed: an empty answer and who works on it. A claim whose owner
died is taken over after PATIENCE; the owner, should it live, then finds its claim gone and undoes
its work. So a request is done once, whoever dies when.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from storage.errors import OtherPayload, StillRunning
from storage.records import insert
from storage.tables import replies

KEPT = timedelta(days=2)
PATIENCE = timedelta(minutes=2)  # longer than any request takes
_RUNNING = b""  # in place of the answer


def claim(tx: Connection, request: str, payload: str, *, owner: str, now: datetime) -> bytes | None:
    """Take a request on; None = it is the caller's to do, else the body that was answered.

    Args:
        request: hash of who asks what under which key, 64 hex digits.
        payload: hash of what was sent, 64 hex digits.
        owner: 32 hex digits, another one at every try.

    Raises:
        OtherPayload: the key was used for something else.
        StillRunning: somebody else works on it.
    """
    row = {"request": request, "payload": payload, "body": _RUNNING, "owner": owner}
    new = insert(tx, replies).values(**row, created_at=now).on_conflict_do_nothing()
    if tx.scalar(new.returning(replies.c.request)):
        return None
    found = tx.execute(select(replies).filter_by(request=request)).first()
    if found is None:  # given back just now
        raise StillRunning
    if found.payload != payload:
        raise OtherPayload("This Idempotency-Key was used with another body.")
    if found.body == _RUNNING:
        _take_over(tx, request, found.owner, owner=owner, now=now)
        return None
    return found.body


def _take_over(tx: Connection, request: str, former: str, *, owner: str, now: datetime) -> None:
    late = replies.c.created_at <= now - PATIENCE
    taken = update(replies).where(_is(request, former), late).values(owner=owner, created_at=now)
    if tx.execute(taken).rowcount == 0:
        raise StillRunning


def keep(tx: Connection, request: str, body: bytes, *, owner: str) -> None:
    """Remember the answer, in the transaction that does the work; it is forgotten after KEPT.

    Raises:
        StillRunning: another one took the request over; nothing may be written.
    """
    if tx.execute(update(replies).where(_is(request, owner)).values(body=body)).rowcount == 0:
        raise StillRunning


def give_back(tx: Connection, request: str, *, owner: str) -> None:
    """Forget the claim of a request that could not be done."""
    tx.execute(delete(replies).where(_is(request, owner), replies.c.body == _RUNNING))


def _is(request: str, owner: str) -> ColumnElement[bool]:
    return (replies.c.request == request) & (replies.c.owner == owner)


def forget_old(tx: Connection, *, now: datetime) -> None:
    """Drop what no client repeats any more."""
    tx.execute(delete(replies).where(replies.c.created_at <= now - KEPT))
