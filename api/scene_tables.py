"""A scene's reports as tables: whatever rows a report has, with SKU names for SKU ids."""

from typing import Any

import msgspec
from msgspec import Struct

from storage.reports import READY, Report

DRAWN = {"REALOGRAM"}  # reports that are shown as the overlay of the photos
MAX_ROWS = 300

_TITLES = {"sku_id": "SKU"}


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
    columns: list[str]
    rows: list[Row]
    more: int  # rows that are not shown


def make_tables(reports: list[Report], names: dict[int, str]) -> list[Table]:
    """Make a table of every READY report that is a list of plain rows."""
    bodies = [
        (report, msgspec.json.decode(report.body))
        for report in reports
        if report.status == READY and report.body and report.report_type not in DRAWN
    ]
    return [_table(report, rows, names) for report, rows in bodies if _is_table(rows)]


def _is_table(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _table(report: Report, rows: list[dict[str, Any]], names: dict[int, str]) -> Table:
    columns = list(rows[0]) if rows else []
    return Table(
        title=report.report_type.replace("_", " ").capitalize(),
        report_id=report.id,
        columns=[_TITLES.get(name, name.replace("_", " ")) for name in columns],
        rows=[_row(row, columns, names) for row in rows[:MAX_ROWS]],
        more=max(0, len(rows) - MAX_ROWS),
    )


def _row(row: dict[str, Any], columns: list[str], names: dict[int, str]) -> Row:
    return Row(row.get("sku_id"), [_cell(name, row.get(name), names) for name in columns])


def _cell(column: str, value: Any, names: dict[int, str]) -> Cell:
    if column == "sku_id":
        return Cell("not identified" if value is None else names.get(value, f"SKU {value}"))
    if column.startswith("share_") and isinstance(value, int | float):
        return Cell(f"{value:.1%}", round(value * 100, 1))
    return Cell("" if value is None else str(value))
