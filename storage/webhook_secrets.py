"""Secrets that webhooks are signed with: one per endpoint, one for all addresses calls name.

After a rotation the former secret goes on for a while, so that receivers may change over when they
like; until then every message carries a signature of each.

Source: Standard Webhooks 1.0.0, sections "Signature scheme" and "Signing secret rotation".
"""

import base64
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from storage import tables
from storage.records import insert

CALLS = 0  # in place of an endpoint: the addresses that calls name
OVERLAP = timedelta(hours=24)  # how long a former secret goes on, unless said
_BYTES = 32
_secrets = tables.webhook_secrets


def get_or_create(tx: Connection, endpoint_id: int, *, now: datetime) -> list[bytes]:
    """Read the secrets to sign with, the newest first; the first caller makes one, for all."""
    if found := find(tx, endpoint_id, now=now):
        return found
    _make(tx, endpoint_id, now)
    return find(tx, endpoint_id, now=now)


def find(tx: Connection, endpoint_id: int, *, now: datetime) -> list[bytes]:
    """Read the secrets to sign with, the newest first; none when nobody needed one yet."""
    valid = or_(_secrets.c.expires_at.is_(None), _secrets.c.expires_at > now)
    query = select(_secrets.c.value).where(_secrets.c.endpoint_id == endpoint_id, valid)
    return list(tx.scalars(query.order_by(_secrets.c.id.desc())))


def rotate(
    tx: Connection, endpoint_id: int, *, now: datetime, overlap: timedelta = OVERLAP
) -> bytes:
    """Make a new secret; the former ones go on for `overlap` at most, 0 for one that leaked."""
    ends = now + overlap
    mine = _secrets.c.endpoint_id == endpoint_id
    later = or_(_secrets.c.expires_at.is_(None), _secrets.c.expires_at > ends)
    tx.execute(update(_secrets).where(mine, later).values(expires_at=ends))
    tx.execute(delete(_secrets).where(mine, _secrets.c.expires_at <= now))
    _make(tx, endpoint_id, now)
    return find(tx, endpoint_id, now=now)[0]


def written(secret: bytes) -> str:
    """Write a secret as receivers set it up: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secret).decode()


def _make(tx: Connection, endpoint_id: int, now: datetime) -> None:
    row = {"endpoint_id": endpoint_id, "value": secrets.token_bytes(_BYTES), "created_at": now}
    tx.execute(insert(tx, _secrets).values(row).on_conflict_do_nothing())
