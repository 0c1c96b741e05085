"""Master data: one set of statements for every kind; each write is counted in its version."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct, structs
from sqlalchemy import Connection, Table, delete, func, select, update

from storage import chosen_ids, tables, versions
from storage.errors import Conflict, InUse, NotFound, UnknownName
from storage.master_kinds import DISPLAYS, MUST_HAVE_LISTS, NOUNS, PLANOGRAMS, Kind

Row = TypeVar("Row", bound=Struct)
_displays = tables.displays


def get(tx: Connection, kind: Kind[Row], row_id: int, *, hold: bool = False) -> Row:
    """Read one row; NotFound when there is none.

    Args:
        hold: let nobody else change it until this transaction ends.
    """
    query = _select(kind).where(kind.table.c.id == row_id)
    row = tx.execute(query.with_for_update() if hold else query).mappings().first()
    if row is None:
        raise NotFound(f"There is no {kind.noun} {row_id}.")
    return kind.row(**row)


def page(
    tx: Connection,
    kind: Kind[Row],
    *,
    limit: int,
    offset: int = 0,
    of: Mapping[str, int] | None = None,
) -> tuple[int, list[Row]]:
    """Count the rows and list some, by id.

    Args:
        of: only rows whose links have these values, such as those of one planogram.
    """
    wanted = [kind.column(name) == value for name, value in (of or {}).items()]
    count = tx.execute(select(func.count()).select_from(kind.table).where(*wanted)).scalar_one()
    query = _select(kind).where(*wanted).order_by(kind.table.c.id).limit(limit).offset(offset)
    return count, [kind.row(**row) for row in tx.execute(query).mappings()]


def add(tx: Connection, kind: Kind[Row], values: Mapping[str, Any], *, now: datetime) -> Row:
    """Record a row.

    Args:
        values: by field; a field that is left out is null, the id is made here then.

    Raises:
        Conflict: when the id is taken.
        UnknownName: when a field names something that is not there.
    """
    _count(tx, kind)
    _check_links(tx, kind, values)
    times = dict.fromkeys(("created_at", "updated_at", "started_date"), now)
    columns = _columns(kind, times | {n: v for n, v in values.items() if v is not None})
    row_id = chosen_ids.add(tx, kind.table, values.get("id"), columns)
    if row_id is None:
        raise Conflict(f"There is a {kind.noun} {values['id']} already.")
    return _written(tx, kind, row_id, values, now)


def change(
    tx: Connection, kind: Kind[Row], row_id: int, values: Mapping[str, Any], *, now: datetime
) -> Row:
    """Write some fields; with another id, what names the row follows.

    Raises:
        NotFound: when there is no such row.
        Conflict: when the new id is taken.
        UnknownName: when a field names something that is not there.
    """
    _count(tx, kind)
    former = structs.asdict(get(tx, kind, row_id, hold=True))
    _check_links(tx, kind, values)
    new_id = values.get("id") or row_id
    if new_id != row_id:
        _move(tx, kind, row_id, new_id)
    columns = _columns(kind, {**former, **values, "updated_at": now})
    tx.execute(update(kind.table).where(kind.table.c.id == new_id).values(columns))
    return _written(tx, kind, new_id, values, now)


def remove(tx: Connection, kind: Kind[Any], row_id: int) -> None:
    """Forget a row, and what is only a part of it: the records of a planogram or a list.

    Raises:
        NotFound: when there is no such row.
        InUse: when something still needs it.
    """
    _count(tx, kind)
    get(tx, kind, row_id)
    if kind is MUST_HAVE_LISTS:
        _refuse_when_named(tx, kind, row_id, _displays.c.musthavelist_id, "display {}")
    if kind is DISPLAYS:
        _refuse_when_named(tx, kind, row_id, tables.scenes.c.display_id, "scene {}")
    if kind is PLANOGRAMS:
        _place(tx, row_id, None)
    tx.execute(delete(kind.table).where(kind.table.c.id == row_id))


def first_missing(tx: Connection, table: Table, ids: Iterable[int]) -> int | None:
    """Find the lowest id that names no row."""
    wanted = set(ids)
    rows = tx.scalars(select(table.c.id).where(table.c.id.in_(wanted)))
    return min(wanted - set(rows), default=None)


def _count(tx: Connection, kind: Kind[Any]) -> None:
    """Count a write, before any of another kind: all writers take turns in the same order."""
    if kind.is_master:
        versions.bump(tx, kind.table.name)


def _select(kind: Kind[Any]) -> Any:
    return select(*(kind.column(name) for name in kind.row.__struct_fields__))


def _columns(kind: Kind[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Name the columns of fields; the id and what another table keeps are left out.

    A column that must have a value keeps the one it has.
    """
    columns = {
        kind.table.c[own].name: str(value) if value is not None and name in kind.packed else value
        for name, value in values.items()
        if (own := kind.column_name(name)) in kind.table.c and own != "id"
        if value is not None or kind.table.c[own].nullable
    }
    if kind.packed:
        columns["details"] = {n: values[n] for n in kind.packed if values.get(n) is not None}
    return columns


def _written(
    tx: Connection, kind: Kind[Row], row_id: int, values: Mapping[str, Any], now: datetime
) -> Row:
    if kind is PLANOGRAMS and "display" in values:
        _place(tx, row_id, values["display"])
    return get(tx, kind, row_id)


def _check_links(tx: Connection, kind: Kind[Any], values: Mapping[str, Any]) -> None:
    for name, table in kind.links.items():
        value = values.get(name)
        if value is not None and first_missing(tx, table, [value]) is not None:
            raise UnknownName(name, f"There is no {NOUNS[table]} {value}.")


def _move(tx: Connection, kind: Kind[Any], row_id: int, new_id: int) -> None:
    """Give a row another id; foreign keys follow by themselves."""
    if first_missing(tx, kind.table, [new_id]) is None:
        raise Conflict(f"There is a {kind.noun} {new_id} already.")
    tx.execute(update(kind.table).where(kind.table.c.id == row_id).values(id=new_id))
    chosen_ids.keep_above(tx, kind.table, new_id)
    for column in kind.followers:
        tx.execute(update(column.table).where(column == row_id).values({column.name: new_id}))
        if column.table is tables.skus:
            versions.bump(tx, tables.skus.name)


def _place(tx: Connection, planogram_id: int, display_id: int | None) -> None:
    """Let a display have a planogram, and no other display; nothing when it is the one already."""
    if get(tx, PLANOGRAMS, planogram_id).display == display_id:
        return
    has = _displays.c.planogram_id == planogram_id
    tx.execute(update(_displays).where(has).values(planogram_id=None))
    tx.execute(
        update(_displays).where(_displays.c.id == display_id).values(planogram_id=planogram_id)
    )
    versions.bump(tx, _displays.name)


def _refuse_when_named(
    tx: Connection, kind: Kind[Any], row_id: int, column: Any, whose: str
) -> None:
    named_by = tx.scalar(select(func.min(column.table.c.id)).where(column == row_id))
    if named_by is not None:
        user = whose.format(named_by)
        raise InUse(f"The {kind.noun} {row_id} cannot go: {user} needs it.")
