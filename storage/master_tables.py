"""The tables of master data: what clients say about products, displays and what should stand there.

Ids of these rows may be changed by clients; rows that name them follow.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, String, Table, Text

from storage.columns import BIG, metadata, table, time


def _of(target: str, name: str, *, ondelete: str | None = None) -> Column[int]:
    key = ForeignKey(f"{target}.id", onupdate="CASCADE", ondelete=ondelete)
    return Column(name, BIG, key, index=True)


def _named(name: str, *columns: Any) -> Table:
    return table(name, Column("name", Text), *columns, time("created_at"), time("updated_at"))


skus = table(
    "skus",
    Column("cid", Text, nullable=False),
    Column("ean13", Text),
    Column("image", BIG, ForeignKey("images.id")),
    Column("name", Text, nullable=False),
    Column("brand", BigInteger),
    Column("category", BigInteger),
    Column("manufacturer", BigInteger),
    Column("size_x_mm", Float),
    Column("size_y_mm", Float),
    Column("size_z_mm", Float),
    time("created_at"),
    time("updated_at"),
)
brands = _named("brands")
categories = _named("categories")
manufacturers = _named("manufacturers")
planograms = _named("planograms")  # its display is the one that has it
planogram_records = table(
    "planogram_records",
    _of("planograms", "planogram_id", ondelete="CASCADE"),
    Column("rack_index", Integer),  # from the left, from 0
    Column("shelf_index", Integer),  # in the rack, from the top, from 0
    Column("product_index", Integer),  # in the whole planogram
    Column("facing_x", Integer),  # facings side by side
    Column("facing_y", Integer),  # facings stacked
    Column("width", Integer),  # of the product, mm
    Column("height", Integer),  # of the product, mm
    _of("skus", "sku_id"),
    time("created_at"),
    time("updated_at"),
)
musthavelists = _named("musthavelists")
mhl_records = _named(
    "mhl_records",
    _of("musthavelists", "musthavelist_id", ondelete="CASCADE"),
    _of("skus", "sku_id"),
    *(Column(f"sku{n}", BIG, ForeignKey("skus.id")) for n in range(1, 7)),  # alternatives
)
displays = _named(
    "displays",
    _of("planograms", "planogram_id", ondelete="SET NULL"),
    _of("musthavelists", "musthavelist_id"),
)
versions = Table(
    "versions",
    metadata,
    Column("kind", String(64), primary_key=True),  # name of a table of master data
    Column("version", BigInteger, nullable=False),  # counts the writes to it
)
