"""API tokens and the master key that issues them; only their SHA-256 is stored."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, exists, select

from storage import tables
from storage.records import insert

_MASTER_KEY = "master-key-sha256"


class Token(msgspec.Struct, frozen=True):
    """A token as its client sees it, this once."""

    token: str
    created_at: datetime
    expires_at: datetime


def issue(tx: Connection, *, now: datetime, life: timedelta) -> Token:
    """Make a token of 256 random bits."""
    token = Token(secrets.token_urlsafe(32), now, now + life)
    values = {
        "sha256": _digest(token.token).hex(),
        "created_at": now,
        "expires_at": token.expires_at,
    }
    tx.execute(tables.tokens.insert().values(values))
    return token


def is_valid(tx: Connection, token: str, *, now: datetime) -> bool:
    """Say whether the token was issued here and has not expired."""
    known = tables.tokens.c.sha256 == _digest(token).hex()
    return bool(tx.scalar(select(exists().where(known, tables.tokens.c.expires_at > now))))


def set_master_key(tx: Connection, key: str) -> None:
    """Make this the master key; the former one stops working."""
    tx.execute(delete(tables.secrets).where(tables.secrets.c.name == _MASTER_KEY))
    values = {"name": _MASTER_KEY, "value": _digest(key)}
    tx.execute(insert(tx, tables.secrets).values(values).on_conflict_do_nothing())


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
