"""A planogram as a scene shows it: what stands there now is how it shall stand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import polars as pl
from msgspec import Struct
from sqlalchemy import Connection, select

from storage import confirmations, master_data, tables
from storage.blocks import Block, Front, blocks
from storage.master_kinds import PLANOGRAM_RECORDS, PLANOGRAMS, Planogram, PlanogramRecord

MOST = 100_000  # records of one planogram
_SIZE = ("width", "height")  # of the product, mm
_skus = tables.skus


class Drawn(Struct, frozen=True):
    """The planogram that was made."""

    planogram: Planogram
    records: list[PlanogramRecord]
    left_out: int  # facings without SKU or shelf


def draw(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    facings: pl.DataFrame,
    *,
    photos: Mapping[int, int],
    fields: Mapping[str, Any],
    now: datetime,
) -> Drawn:
    """Make a planogram of a scene's facings, as people named them, else as they were recognised.

    Duplicates are left out. The same again is the planogram there is.

    Args:
        facings: the facts table, each with `view`, the photo whose pixels its box is in.
        photos: position of each photo in the scene, by image_id.
        fields: of the planogram: name, and perhaps display.

    Raises:
        UnknownName: when there is no such display.
    """
    rows = facings.filter(~pl.col("duplicate")).sort("facing_id").to_dicts()
    said = {one.facing_id: one.sku_id for one in confirmations.of_scenes(tx, [scene_id])}
    named: list[dict[str, Any]] = [
        {**row, "sku_id": said.get(row["facing_id"], row["sku_id"])} for row in rows
    ]
    wanted = list(_records(tx, named, photos))
    planogram = _same(tx, fields, wanted) or master_data.add(tx, PLANOGRAMS, fields, now=now)
    if not records_of(tx, planogram.id):
        for record in wanted:
            values = {**record, "planogram": planogram.id}
            master_data.add(tx, PLANOGRAM_RECORDS, values, now=now)
    placed = sum(bool(row["sku_id"]) and row["shelf_index"] >= 0 for row in named)
    return Drawn(planogram, records_of(tx, planogram.id), len(named) - placed)


def records_of(tx: Connection, planogram_id: int) -> list[PlanogramRecord]:
    """List the records of a planogram, by id."""
    return master_data.page(tx, PLANOGRAM_RECORDS, limit=MOST, of={"planogram": planogram_id})[1]


def _records(
    tx: Connection, named: list[dict[str, Any]], photos: Mapping[int, int]
) -> Iterator[dict[str, Any]]:
    """Name the fields of every record, shelf by shelf from the top, from the left."""
    sizes = _sizes(tx, {row["sku_id"] for row in named if row["sku_id"]})
    for index, ((shelf, rack), block) in enumerate(_shelves(named, photos)):
        yield {
            "rack_index": rack,
            "shelf_index": shelf,
            "product_index": index,
            "facing_x": block.facing_x,
            "facing_y": block.facing_y,
            "sku": block.sku_id,
            **sizes[block.sku_id],
        }


def _shelves(
    named: list[dict[str, Any]], photos: Mapping[int, int]
) -> Iterator[tuple[tuple[int, int], Block]]:
    def place(row: dict[str, Any]) -> tuple[int, int]:
        return row["shelf_index"], row["rack_index"]

    def photo(row: dict[str, Any]) -> int:
        return photos[row["view"]]

    on_shelves = (row for row in named if row["shelf_index"] >= 0)
    ordered = sorted(on_shelves, key=lambda row: (place(row), photo(row)))
    for where, rows in groupby(ordered, key=place):
        parts = [[_front(row) for row in part] for _, part in groupby(rows, key=photo)]
        for block in blocks(parts):
            yield where, block


def _front(row: dict[str, Any]) -> Front:
    return Front(*(row[name] for name in Front.__struct_fields__))


def _sizes(tx: Connection, sku_ids: set[int]) -> dict[int, dict[str, int | None]]:
    query = select(_skus.c.id, _skus.c.size_x_mm, _skus.c.size_y_mm).where(_skus.c.id.in_(sku_ids))
    return {
        sku_id: {
            name: mm if mm is None else round(mm) for name, mm in zip(_SIZE, size, strict=True)
        }
        for sku_id, *size in tx.execute(query)
    }


def _same(
    tx: Connection, fields: Mapping[str, Any], wanted: list[dict[str, Any]]
) -> Planogram | None:
    """Find the planogram of these fields that has exactly these records."""
    named = tables.planograms.c.name == fields["name"]
    for planogram_id in tx.scalars(select(tables.planograms.c.id).where(named)).all():
        found = master_data.get(tx, PLANOGRAMS, planogram_id)
        records = records_of(tx, planogram_id)
        fits = fields.get("display") in (None, found.display) and len(records) == len(wanted)
        pairs = zip(records, wanted, strict=False)
        if fits and all(getattr(record, n) == one[n] for record, one in pairs for n in one):
            return found
    return None
