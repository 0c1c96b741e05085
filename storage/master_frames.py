"""Master data as frames for reports, each in an order of its own."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass
from sqlalchemy import Connection, Select, select

from storage.tables import (
    brands,
    categories,
    displays,
    manufacturers,
    mhl_records,
    planogram_records,
)
from storage.tables import skus as sku_table

Schema = dict[str, DataTypeClass | DataType]

SKUS: Schema = {
    "sku_id": pl.Int64,
    "cid": pl.String,
    "name": pl.String,
    "brand": pl.String,  # name, null when unknown; so are category and manufacturer
    "category": pl.String,
    "manufacturer": pl.String,
    "brand_id": pl.Int64,
    "category_id": pl.Int64,
    "manufacturer_id": pl.Int64,
    "image": pl.Int64,  # upload id of the packshot
    "size_x_mm": pl.Float64,
    "size_y_mm": pl.Float64,
    "size_z_mm": pl.Float64,
}
PLANOGRAM: Schema = {
    "record_id": pl.Int64,
    "rack_index": pl.Int32,  # from the left, from 0
    "shelf_index": pl.Int32,  # in the rack, from the top, from 0
    "product_index": pl.Int32,  # in the whole planogram
    "facing_x": pl.Int32,  # facings side by side
    "facing_y": pl.Int32,  # facings stacked
    "width": pl.Int32,  # of the product, mm
    "height": pl.Int32,  # of the product, mm
    "sku_id": pl.Int64,
}
MUST_HAVE: Schema = {
    "mhl_record_id": pl.Int64,
    "name": pl.String,
    "skus": pl.List(pl.Int64),  # the SKU, then its alternatives
}
_ALTERNATIVES = tuple(f"sku{n}" for n in range(1, 7))
_PLAIN = ("image", "size_x_mm", "size_y_mm", "size_z_mm")
_NAMED = (("brand", brands), ("category", categories), ("manufacturer", manufacturers))


def skus(tx: Connection, ids: Sequence[int] | None = None) -> pl.DataFrame:
    """Load SKUs with the columns of `SKUS`, by id; all of them, or those of `ids` there are."""
    query = select(sku_table.c.id.label("sku_id"), sku_table.c.cid, sku_table.c.name)
    for name, table in _NAMED:
        own = sku_table.c[name]
        query = query.outerjoin(table, table.c.id == own)
        query = query.add_columns(table.c.name.label(name), own.label(f"{name}_id"))
    query = query.add_columns(*(sku_table.c[name] for name in _PLAIN))
    if ids is not None:
        query = query.where(sku_table.c.id.in_(ids))
    return _frame(tx, query.order_by(sku_table.c.id), SKUS)


def display(tx: Connection, display_id: int) -> tuple[int | None, int | None] | None:
    """Read the ids of the display's planogram and must-have list; None when it was never made."""
    query = select(displays.c.planogram_id, displays.c.musthavelist_id).filter_by(id=display_id)
    row = tx.execute(query).first()
    return None if row is None else (row.planogram_id, row.musthavelist_id)


def existing(tx: Connection, display_id: int | None) -> set[str]:
    """Name what there is for a scene of this display: `display`, `planogram`, `must_have`.

    A scene may name a display before it is made.
    """
    if display_id is None:
        return set()
    planned = display(tx, display_id) or (None, None)
    named = zip(("planogram", "must_have"), planned, strict=True)
    return {"display", *(name for name, planned_id in named if planned_id)}


def planogram(tx: Connection, planogram_id: int) -> pl.DataFrame:
    """Load the records that name a SKU, with the columns of `PLANOGRAM`.

    Where a client said nothing: the first rack and shelf, one facing, positions in order of ids.
    By rack, shelf, product_index and record_id.
    """
    own = planogram_records.c
    query = select(own.id.label("record_id"), *(own[name] for name in list(PLANOGRAM)[1:]))
    query = query.where(own.planogram_id == planogram_id, own.sku_id.is_not(None))
    found = _frame(tx, query.order_by(own.id), PLANOGRAM)
    return found.with_columns(
        pl.col("rack_index", "shelf_index").fill_null(0),
        pl.col("facing_x", "facing_y").fill_null(1),
        pl.col("product_index").fill_null(pl.int_range(pl.len(), dtype=pl.Int32)),
    ).sort("rack_index", "shelf_index", "product_index", "record_id")


def must_have(tx: Connection, musthavelist_id: int) -> pl.DataFrame:
    """Load the list's records that name a SKU, with the columns of `MUST_HAVE`, by id."""
    own = mhl_records.c
    choices = [own.sku_id, *(own[name] for name in _ALTERNATIVES)]
    query = select(own.id, own.name, *choices).filter_by(musthavelist_id=musthavelist_id)
    found = [tuple(row) for row in tx.execute(query.order_by(own.id))]
    rows = [(record_id, name, _distinct(choices)) for record_id, name, *choices in found]
    return pl.DataFrame([row for row in rows if row[2]], schema=MUST_HAVE, orient="row")


def _distinct(ids: Iterable[int | None]) -> list[int]:
    return list(dict.fromkeys(one for one in ids if one is not None))


def _frame(tx: Connection, query: Select[Any], schema: Schema) -> pl.DataFrame:
    found = tx.execute(query)
    columns = {name: schema[name] for name in found.keys()}  # noqa: SIM118 - no dictionary
    rows = [tuple(row) for row in found]
    return pl.DataFrame(rows, schema=columns, orient="row").select(*schema)
