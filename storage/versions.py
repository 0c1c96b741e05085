"""How often each kind of master data was written: what a report was made from has a number."""

from sqlalchemy import Connection, select

from storage.records import insert
from storage.tables import versions


def bump(tx: Connection, kind: str) -> None:
    """Count a write to a kind of master data, named by its table.

    Another writer of the same kind waits until this transaction ends, so numbers are in the order
    of the commits.
    """
    first = insert(tx, versions).values(kind=kind, version=1)
    next_ = {"version": versions.c.version + 1}
    tx.execute(first.on_conflict_do_update(index_elements=["kind"], set_=next_))


def current(tx: Connection) -> dict[str, int]:
    """Read the number of each kind that was ever written, by kind."""
    rows = tx.execute(select(versions).order_by(versions.c.kind))
    return {row.kind: row.version for row in rows}
