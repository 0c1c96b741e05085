"""Why SKUs were out of stock, as CSV for spreadsheets.

A cell that a spreadsheet would take for a formula gets an apostrophe before it.
Source: RFC 4180; OWASP, "CSV Injection".
"""

import csv
from datetime import datetime
from pathlib import Path

from storage import oos_reasons
from storage.oos_reasons import ToldReason
from storage.records import Records

NAME = "oos_reasons.csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    *("id", "created_at", "visit_id", "shop", "scene", "display_id"),
    *("sku_gid", "name", "reason", "message", "images"),
)


def write_reasons(records: Records, folder: Path, *, since: datetime | None) -> tuple[Path, int]:
    """Write `oos_reasons.csv`, the oldest first; the path and how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    path, rows = folder / NAME, 0
    with records.reading() as tx, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for reason in oos_reasons.told(tx, since=since):
            writer.writerow(_row(reason))
            rows += 1
    return path, rows


def _row(reason: ToldReason) -> list[str]:
    values = {name: getattr(reason, name) for name in _COLUMNS}
    values["created_at"] = reason.created_at.isoformat()
    values["images"] = " ".join(map(str, reason.images))
    return ["" if value is None else _plain(str(value)) for value in values.values()]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
