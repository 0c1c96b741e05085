"""`gondola export --format master-data`: every table as CSV, packshots beside them."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import structs

from master_files.lines import BY_KIND, ORDER, PACKSHOT, SKU
from storage import catalog, images, master_data
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.objects import ObjectStore
from storage.records import Records

AT_ONCE = 1000  # rows read together
_UNTOLD = ("created_at", "updated_at", "display")  # made anew by an import, or told by displays


def export(
    records: Records,
    objects: ObjectStore,
    folder: Path,
    *,
    advance: Callable[[], None] = lambda: None,
) -> list[tuple[Path, int]]:
    """Write one CSV per kind into a folder, and packshots into `packshots/` below it.

    `gondola import` of these files gives the same master data. Doing it again writes the same
    files again.

    Args:
        advance: called after every row.

    Returns:
        each file and its number of rows, in the order of an import.
    """
    (folder / "packshots").mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, int]] = []
    for kind in ORDER:
        rows = _skus(records, objects, folder) if kind == SKU else _rows(records, kind)
        path = folder / f"{kind}.csv"
        written.append((path, _write(path, _columns(kind), rows, advance)))
    return written


def _write(
    path: Path, columns: list[str], rows: Iterator[dict[str, Any]], advance: Callable[[], None]
) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
            advance()
    return count


def _columns(kind: str) -> list[str]:
    if kind == SKU:
        own = [name for name in catalog.Sku.__struct_fields__ if name != "image"]
        return [*own, PACKSHOT]
    return [name for name in BY_KIND[kind].kind.row.__struct_fields__ if name not in _UNTOLD]


def _rows(records: Records, kind: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        with records.reading() as tx:
            own = BY_KIND[kind].kind
            _, found = master_data.page(tx, own, limit=AT_ONCE, offset=offset)
        if not found:
            return
        yield from map(structs.asdict, found)
        offset += AT_ONCE


def _skus(records: Records, objects: ObjectStore, folder: Path) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        with records.reading() as tx:
            _, found = catalog.page(tx, limit=AT_ONCE, offset=offset)
        if not found:
            return
        for sku in found:
            picture = _packshot(records, objects, folder, sku.image) if sku.image else None
            yield structs.asdict(sku) | {PACKSHOT: picture}
        offset += AT_ONCE


def _packshot(records: Records, objects: ObjectStore, folder: Path, image_id: int) -> str | None:
    """Write a packshot; None when its bytes are lost."""
    with records.reading() as tx:
        image = images.get(tx, image_id)
    name = f"packshots/{image.sha256}.jpg"
    if not (folder / name).exists():
        try:
            (folder / name).write_bytes(images.read_photo(objects, image))
        except (ObjectMissing, ObjectCorrupt):
            return None
    return name
