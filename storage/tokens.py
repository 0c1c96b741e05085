"""API tokens and the master key that issues them; only their SHA-256 is stored."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from storage import tables
from storage.errors import NotFound
from storage.records import insert

_MASTER_KEY = "master-key-sha256"


READ, RECOGNISE, MASTER_DATA, ADMIN = SCOPES = ("read", "recognise", "master_data", "admin")
USUAL = (READ, RECOGNISE, MASTER_DATA)  # what a client of the v1.5 API needs
_SHOWN = 12  # digits of the hash by which people name a token
_ID = re.compile(rf"[0-9a-f]{{{_SHOWN}}}")
_columns = tables.tokens.c
_SCOPES = select(_columns.scopes).where(  # made once: every request asks
    _columns.sha256 == bindparam("digest"),
    _columns.expires_at > bindparam("now"),
    _columns.revoked_at.is_(None),
)


class Token(msgspec.Struct, frozen=True):
    """A token as its client sees it, this once."""

    token: str
    created_at: datetime
    expires_at: datetime


class IssuedToken(msgspec.Struct, frozen=True):
    """A token as operators see it.

    Attributes:
        id: begin of its hash.
        name: what it is for, as whoever made it says.
        scopes: what it may be used for, of SCOPES.
        revoked_at: since when it no longer works, None = it was not revoked.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def id_of(token: str) -> str:
    """Name a token as people do: the begin of its hash."""
    return _digest(token).hex()[:_SHOWN]


def issue(
    tx: Connection,
    *,
    now: datetime,
    life: timedelta,
    scopes: Iterable[str] = USUAL,
    name: str = "",
) -> Token:
    """Make a token of 256 random bits."""
    token = Token(secrets.token_urlsafe(32), now, now + life)
    chosen = set(scopes)
    values = {
        "sha256": _digest(token.token).hex(),
        "created_at": now,
        "expires_at": token.expires_at,
        "name": name,
        "scopes": " ".join(scope for scope in SCOPES if scope in chosen),
    }
    tx.execute(tables.tokens.insert().values(values))
    return token


def scopes_of(tx: Connection, token: str, *, now: datetime) -> tuple[str, ...] | None:
    """What the token may be used for; None when it is none of ours, expired or revoked."""
    found = tx.scalar(_SCOPES, {"digest": _digest(token).hex(), "now": now})
    return None if found is None else tuple(found.split())


def issued(tx: Connection) -> list[IssuedToken]:
    """Every token, the newest first."""
    query = select(tables.tokens).order_by(_columns.created_at.desc(), _columns.sha256)
    return [_read(row) for row in tx.execute(query)]


def get(tx: Connection, token_id: str) -> IssuedToken:
    """Find a token; NotFound when none has this id."""
    found = None
    if _ID.fullmatch(token_id):
        found = tx.execute(select(tables.tokens).where(_named(token_id))).first()
    if found is None:
        raise NotFound(f"There is no token {token_id}; `gondola token list` shows them.")
    return _read(found)


def revoke(tx: Connection, token_id: str, *, now: datetime) -> IssuedToken:
    """End a token, for every process at once; one that was revoked stays so.

    Raises:
        NotFound: no token has this id.
    """
    found = get(tx, token_id)
    valid = _named(token_id) & _columns.revoked_at.is_(None)
    tx.execute(update(tables.tokens).where(valid).values(revoked_at=now))
    return msgspec.structs.replace(found, revoked_at=found.revoked_at or now)


def _named(token_id: str) -> ColumnElement[bool]:
    """Find by the begin of the key; as a range, so that the key's index is used."""
    return (_columns.sha256 >= token_id) & (_columns.sha256 < f"{token_id}g")  # beyond every digit


def _read(row: Any) -> IssuedToken:
    return IssuedToken(
        id=row.sha256[:_SHOWN],
        name=row.name,
        scopes=tuple(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def set_master_key(tx: Connection, key: str) -> None:
    """Make this the master key; the former one stops working."""
    tx.execute(delete(tables.secrets).where(tables.secrets.c.name == _MASTER_KEY))
    values = {"name": _MASTER_KEY, "value": _digest(key)}
    tx.execute(insert(tx, tables.secrets).values(values).on_conflict_do_nothing())


def make_master_key(tx: Connection, key: str) -> bool:
    """Make this the master key if there is none yet; of several processes that start, one does."""
    new = insert(tx, tables.secrets).values(name=_MASTER_KEY, value=_digest(key))
    made = new.on_conflict_do_nothing().returning(tables.secrets.c.name)
    return tx.scalar(made) is not None


def has_master_key(tx: Connection) -> bool:
    """Say whether a master key was ever set."""
    return _stored_key(tx) is not None


def is_master_key(tx: Connection, key: str) -> bool:
    """Say whether this is the master key; takes the same time for any wrong key."""
    stored = _stored_key(tx)
    return stored is not None and hmac.compare_digest(stored, _digest(key))


def _stored_key(tx: Connection) -> bytes | None:
    return tx.scalar(select(tables.secrets.c.value).where(tables.secrets.c.name == _MASTER_KEY))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
