"""Rows by what people call them: names of master data, codes of SKUs, places in a planogram."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from storage import tables
from storage.master_kinds import Kind

Ids = dict[str, list[int]]
_skus = tables.skus


def by_name(tx: Connection, table: Table) -> Ids:
    """List the ids of every name of a table, ascending."""
    return _group(tx, table, "name")


def by_code(tx: Connection) -> Ids:
    """List the ids of every code of a SKU, ascending; a barcode counts where it is no code."""
    return _group(tx, _skus, "ean13") | _group(tx, _skus, "cid")


def by_fields(tx: Connection, kind: Kind[Any], fields: Mapping[str, Any]) -> list[int]:
    """List the ids of rows whose fields have these values, ascending."""
    wanted = [kind.column(name) == value for name, value in fields.items()]
    query = select(kind.table.c.id).where(*wanted).order_by(kind.table.c.id)
    return list(tx.scalars(query))


def _group(tx: Connection, table: Table, column: str) -> Ids:
    found: Ids = {}
    own = table.c[column]
    query = select(own, table.c.id).where(own.is_not(None)).order_by(table.c.id)
    for name, row_id in tx.execute(query):
        found.setdefault(name, []).append(row_id)
    return found
