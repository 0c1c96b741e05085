"""A scene's reports as tables: whatever rows a report has, with SKU names for SKU ids."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from msgspec import Struct

MAX_ROWS = 300

_ROWS = {  # reports that are one object -> its list that is shown
    "MHL_COMPLIANCE": "records",
    "OSA": "skus",
    "PLANOGRAM_COMPLIANCE": "actions",
    "CHANGES": "skus",
}
_COLUMNS = {  # reports that say more than a table can show
    "PRICE_TAGS": ("sku_id", "price", "min_price", "max_price", "promo"),
    "PLANOGRAM_COMPLIANCE": ("sku_id", "action", "faces", "faces_gained"),
    "MHL_COMPLIANCE": ("sku", "compliant", "facings"),
    "OSA": ("sku_id", "present", "facings"),
    "CHANGES": (
        *("sku_id", "change", "facings_before", "facings_now"),
        *("price_before", "price_now"),
    ),
}
_TITLES = {"sku_id": "SKU", "sku": "SKU"}
_SKUS = ("sku_id", "sku")
_RATIOS = ("osa", "compliance", "compliance_overall")


class Cell(Struct, frozen=True):
    """One value; a share also has its bar, 0-100."""

    text: str
    percent: float | None = None


class Row(Struct, frozen=True):
    """One row; clicking it shows the boxes of its SKU."""

    sku_id: int | None
    cells: list[Cell]


class Table(Struct, frozen=True):
    """One report."""

    title: str
    report_id: int
    totals: list[tuple[str, str]]  # name and value of what is said of the whole scene
    columns: list[str]
    rows: list[Row]
    more: int  # rows that are not shown
    scene_before: str | None = None  # what it is compared with


def make_tables(
    report_ids: Mapping[str, int], bodies: Mapping[str, Any], names: Mapping[int, str]
) -> list[Table]:
    """Make a table of every report whose rows can be shown.

    Args:
        report_ids, bodies: by report type.
        names: SKU names by id.
    """
    found = ((name, *_parts(name, body)) for name, body in bodies.items())
    return [
        _table(name, report_ids[name], rows, totals, names)
        for name, rows, totals in found
        if rows is not None
    ]


def named_skus(bodies: Any) -> Iterator[int]:
    """Find the ids of all SKUs that bodies of reports name."""
    if isinstance(bodies, dict):
        yield from (bodies[key] for key in _SKUS if isinstance(bodies.get(key), int))
        bodies = list(bodies.values())
    if isinstance(bodies, list):
        for one in bodies:
            yield from named_skus(one)


def _parts(name: str, body: Any) -> tuple[list[dict[str, Any]] | None, dict[str, Any]]:
    """The rows of a body, None when there are none to show, and what it says of the whole."""
    whole: dict[str, Any] = body if isinstance(body, dict) else {}
    rows: Any = whole.get(_ROWS[name]) if name in _ROWS else body
    tabular = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    return (cast(list[dict[str, Any]], rows) if tabular else None), whole


def _table(
    name: str,
    report_id: int,
    rows: list[dict[str, Any]],
    whole: dict[str, Any],
    names: Mapping[int, str],
) -> Table:
    columns = _COLUMNS.get(name) or _plain(rows)
    return Table(
        title=name.replace("_", " ").capitalize() if len(name) > len("OSA") else name,
        report_id=report_id,
        totals=_totals(whole),
        columns=[_TITLES.get(column, column.replace("_", " ")) for column in columns],
        rows=[_row(row, columns, names) for row in rows[:MAX_ROWS]],
        more=max(0, len(rows) - MAX_ROWS),
        scene_before=whole.get("previous_scene"),
    )


def _plain(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Columns that a cell can hold, by the first row."""
    first = rows[0] if rows else {}
    return tuple(name for name, value in first.items() if not isinstance(value, list | dict))


def _totals(whole: dict[str, Any]) -> list[tuple[str, str]]:
    plain = {k: v for k, v in whole.items() if isinstance(v, int | float | str)}
    plain.pop("previous_scene", None)
    return [(name.replace("_", " "), _total(name, value)) for name, value in plain.items()]


def _total(name: str, value: float | str) -> str:
    if name in _RATIOS and isinstance(value, int | float):
        return f"{value:.1%}"
    return str(value)[:16].replace("T", " ") if name.endswith("_date") else str(value)


def _row(row: dict[str, Any], columns: tuple[str, ...], names: Mapping[int, str]) -> Row:
    sku_id = next((row[name] for name in _SKUS if name in row), None)
    return Row(sku_id, [_cell(name, row.get(name), names) for name in columns])


def _cell(column: str, value: Any, names: Mapping[int, str]) -> Cell:
    if column in _SKUS:
        return Cell("not identified" if value is None else names.get(value, f"SKU {value}"))
    if column.startswith("share_") and isinstance(value, int | float):
        return Cell(f"{value:.1%}", round(value * 100, 1))
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    return Cell("" if value is None else str(value))
