"""Random secrets that all processes of one Gondola share, such as the key of signed media URLs."""

import secrets
from typing import Any

from sqlalchemy import Connection, Select, select

from storage import tables
from storage.records import insert


def get_or_create(tx: Connection, name: str) -> bytes:
    """Read the 32 random bytes of this name; the first caller makes them, for all."""
    if found := find(tx, name):
        return found
    values = {"name": name, "value": secrets.token_bytes(32)}
    tx.execute(insert(tx, tables.secrets).values(values).on_conflict_do_nothing())
    return tx.execute(_named(name)).scalar_one()


def find(tx: Connection, name: str) -> bytes | None:
    """Read the bytes of this name; None when nobody asked for them to be made."""
    return tx.scalar(_named(name))


def _named(name: str) -> Select[Any]:
    return select(tables.secrets.c.value).filter_by(name=name)
