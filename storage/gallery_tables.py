"""The tables of what SKUs are recognised by: references, their vectors, forecasts."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import metadata, table, time, to

sku_references = table(
    "sku_references",
    to("skus", "sku_id", nullable=False),
    to("images", "image_id", nullable=False),
    Column("crop", Text, nullable=False),  # "" = the whole picture, else "x1,y1,x2,y2"
    Column("source", String(16), nullable=False),
    time("created_at"),
    UniqueConstraint("sku_id", "image_id", "crop"),
)
vectors = Table(
    "vectors",
    metadata,
    to("sku_references", "reference_id", primary_key=True),
    Column("embedder", String(128), primary_key=True),
    Column("vector", LargeBinary),  # float32; null when `problem` says why there is none
    Column("problem", Text),
)
galleries = Table(
    "galleries",
    metadata,
    Column("embedder", String(128), primary_key=True),
    Column("version", BigInteger, nullable=False),  # counts the changes of the gallery
    time("used_at", nullable=True),  # when a worker last started with this embedder
)
forecasts = Table(
    "forecasts",
    metadata,
    to("skus", "sku_id", primary_key=True),
    Column("embedder", String(128), primary_key=True),
    Column("gallery", BigInteger, nullable=False),  # the version it is of
    Column("body", JSON, nullable=False),
    time("created_at"),
)
