"""Rows whose id a client may choose; the next id made here is above it."""

from typing import Any

from sqlalchemy import Connection, Table, text

from storage.records import insert

_MOVE_ON = text(
    "SELECT setval(sequence, greatest(pg_sequence_last_value(sequence), :id))"
    " FROM (SELECT pg_get_serial_sequence(:table, 'id')::regclass AS sequence) AS own"
)


def add(tx: Connection, table: Table, row_id: int | None, values: dict[str, Any]) -> int | None:
    """Insert a row under this id, or under one made here.

    Returns:
        the id; None when the chosen one is taken.
    """
    own = values if row_id is None else {**values, "id": row_id}
    row = insert(tx, table).values(**own).on_conflict_do_nothing(index_elements=["id"])
    made = tx.scalar(row.returning(table.c.id))
    while made is None and row_id is None:  # the next id of the sequence was chosen just now
        made = tx.scalar(row.returning(table.c.id))
    if made is not None and row_id is not None:
        keep_above(tx, table, row_id)
    return made


def keep_above(tx: Connection, table: Table, row_id: int) -> None:
    """Let the next id made here be above this one; SQLite sees to that itself."""
    if tx.dialect.name == "postgresql":
        tx.execute(_MOVE_ON, {"table": table.name, "id": row_id})
