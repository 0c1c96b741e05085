"""Reports as tables in the terminal."""

from collections.abc import Callable
from typing import Any

from rich.table import Table

SHOWN = 12  # rows; a longer report says how many more there are


def table(title: str, report_type: str, answer: Any, names: dict[int, str]) -> Table:
    """One report as a table with readable columns.

    Args:
        names: of the SKUs, by id.
    """
    columns, cells = _SHAPES[report_type](answer, names)
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


def _planogram(answer: dict[str, Any], names: dict[int, str]) -> Cells:
    """What is wrong and what to do, below the ratio."""
    wrong = [r for r in answer["records"] if r["status"] not in ("CORRECT", "NOT_IN_VIEW")]
    cells = [["compliance", f"{answer['compliance']:.1%}", ""]] + [
        [names[r["sku_id"]], r["status"], f"{r['correct']} of {r['in_view']}"] for r in wrong
    ]
    for action in answer["actions"]:
        cells.append([names[action["sku_id"]], f"to do: {action['action']}", f"{action['faces']}"])
    return ["SKU", "status", "faces"], cells


def _must_have(answer: dict[str, Any], names: dict[int, str]) -> Cells:
    cells = [
        [names[r["sku"]], "there" if r["compliant"] else "missing", str(r["facings"])]
        for r in answer["records"]
    ]
    return ["must-have SKU", f"{answer['compliance']:.0%} met", "facings"], cells


def _price_tags(rows: list[dict[str, Any]], names: dict[int, str]) -> Cells:
    read = [r for r in rows if r["price"] is not None and r["sku_id"] is not None]
    cells = [[names[r["sku_id"]], f"{r['price']:g}", "promo" if r["promo"] else ""] for r in read]
    return [f"SKU ({len(read)} of {len(rows)} tags)", "price", ""], cells


def _panorama(answer: dict[str, Any], _: dict[int, str]) -> Cells:
    size = f"{answer['width']} x {answer['height']}" if answer["image_url"] else "none"
    return ["photos in it", "pixels"], [[str(len(answer["photos"])), size]]


_SHAPES: dict[str, Callable[[Any, dict[int, str]], Cells]] = {
    "FACING_COUNT": _facing_count,
    "SHARE_OF_SPACE": _share_of_space,
    "REALOGRAM": _realogram,
    "PLANOGRAM_COMPLIANCE": _planogram,
    "MHL_COMPLIANCE": _must_have,
    "PRICE_TAGS": _price_tags,
    "PANORAMA": _panorama,
}
