"""Reports as tables in the terminal."""

from typing import Any

from rich.table import Table

SHOWN = 12  # rows; a longer report says how many more there are


def table(title: str, report_type: str, rows: list[dict[str, Any]], names: dict[int, str]) -> Table:
    """One report as a table with readable columns.

    Args:
        names: of the SKUs, by id.
    """
    columns, cells = _SHAPES[report_type](rows, names)
    shown = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="right" if number else "left")
    for row in cells[:SHOWN]:
        shown.add_row(*row)
    if len(cells) > SHOWN:
        shown.add_row(f"... and {len(cells) - SHOWN} more")
    return shown


Cells = tuple[list[str], list[list[str]]]


def _facing_count(rows: list[dict[str, Any]], names: dict[int, str]) -> Cells:
    return ["SKU", "facings"], [[names[r["sku_id"]], str(r["count"])] for r in rows]


def _share_of_space(rows: list[dict[str, Any]], names: dict[int, str]) -> Cells:
    cells = [
        [names[r["sku_id"]], f"{r['share_of_count']:.1%}", f"{r['share_of_space']:.1%}"]
        for r in rows
    ]
    return ["SKU", "of facings", "of width"], cells


def _realogram(rows: list[dict[str, Any]], _: dict[int, str]) -> Cells:
    def cell(photo: dict[str, Any]) -> list[str]:
        boxes = photo["annotations"]
        known = sum(box["sku_id"] is not None for box in boxes)
        shelves = len(photo["shelf_annotations"])
        return [f"image {photo['image']}", str(len(boxes)), str(known), str(shelves)]

    return ["photo", "facings", "identified", "shelves"], [cell(photo) for photo in rows]


_SHAPES = {
    "FACING_COUNT": _facing_count,
    "SHARE_OF_SPACE": _share_of_space,
    "REALOGRAM": _realogram,
}
