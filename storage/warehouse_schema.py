"""The star schema of the warehouse: dimensions, facts, roll-ups; docs/warehouse.md explains them.

Times are UTC. Text names what clients name by text (shops, chains), ids what records have ids for.
"""

import hashlib

import polars as pl
from polars.datatypes import DataType, DataTypeClass

TABLES: dict[str, dict[str, str]] = {
    # dimensions
    "scenes": {
        "scene_id": "BIGINT",
        "scene": "VARCHAR",
        "visit_id": "BIGINT",
        "display_id": "BIGINT",
        "agent_id": "BIGINT",
        "shop": "VARCHAR",
        "chain": "VARCHAR",
        "retail_chain": "VARCHAR",
        "country": "VARCHAR",
        "day": "DATE",
        "taken_at": "TIMESTAMP",
        "photos": "INTEGER",
        "facings": "INTEGER",
        "identified": "INTEGER",
        "gaps": "INTEGER",
        "facts_revision": "INTEGER",
        "facts_day": "DATE",
        "detector": "VARCHAR",
        "embedder": "VARCHAR",
    },
    "visits": {
        "visit_id": "BIGINT",
        "cid": "VARCHAR",
        "shop": "VARCHAR",
        "shop_name": "VARCHAR",
        "shop_area": "VARCHAR",
        "agent": "VARCHAR",
        "task": "VARCHAR",
        "latitude": "DOUBLE",
        "longitude": "DOUBLE",
        "started_at": "TIMESTAMP",
    },
    "shops": {
        "shop": "VARCHAR",
        "name": "VARCHAR",
        "area": "VARCHAR",
        "chain": "VARCHAR",
        "latitude": "DOUBLE",
        "longitude": "DOUBLE",
        "visits": "INTEGER",
    },
    "chains": {"chain": "VARCHAR", "shops": "INTEGER", "scenes": "INTEGER"},
    "agents": {"agent_id": "BIGINT", "cid": "VARCHAR", "name": "VARCHAR"},
    "displays": {
        "display_id": "BIGINT",
        "name": "VARCHAR",
        "planogram_id": "BIGINT",
        "musthavelist_id": "BIGINT",
    },
    "skus": {
        "sku_id": "BIGINT",
        "cid": "VARCHAR",
        "ean13": "VARCHAR",
        "name": "VARCHAR",
        "brand_id": "BIGINT",
        "brand": "VARCHAR",
        "category_id": "BIGINT",
        "category": "VARCHAR",
        "manufacturer_id": "BIGINT",
        "manufacturer": "VARCHAR",
        "size_x_mm": "DOUBLE",
        "size_y_mm": "DOUBLE",
        "size_z_mm": "DOUBLE",
    },
    "brands": {"brand_id": "BIGINT", "name": "VARCHAR"},
    "categories": {"category_id": "BIGINT", "name": "VARCHAR"},
    "manufacturers": {"manufacturer_id": "BIGINT", "name": "VARCHAR"},
    "days": {
        "day": "DATE",
        "week": "VARCHAR",
        "month": "VARCHAR",
        "quarter": "VARCHAR",
        "year": "INTEGER",
        "weekday": "INTEGER",
    },
    # facts
    "facings": {
        "scene_id": "BIGINT",
        "image_id": "BIGINT",
        "facing_id": "INTEGER",
        "sku_id": "BIGINT",
        "confidence": "FLOAT",
        "rack_index": "INTEGER",
        "shelf_index": "INTEGER",
        "position_index": "INTEGER",
        "width_px": "FLOAT",
        "height_px": "FLOAT",
        "duplicate": "BOOLEAN",
    },
    "prices": {
        "scene_id": "BIGINT",
        "image_id": "BIGINT",
        "tag_id": "INTEGER",
        "sku_id": "BIGINT",
        "kind": "VARCHAR",
        "amount": "DOUBLE",
        "currency": "VARCHAR",
        "confidence": "FLOAT",
        "promo": "BOOLEAN",
    },
    "gaps": {
        "scene_id": "BIGINT",
        "image_id": "BIGINT",
        "gap_id": "INTEGER",
        "shelf_index": "INTEGER",
        "width_px": "FLOAT",
        "height_px": "FLOAT",
    },
    "reports": {
        "report_id": "BIGINT",
        "scene_id": "BIGINT",
        "report_type": "VARCHAR",
        "revision": "INTEGER",
        "met": "INTEGER",
        "counted": "INTEGER",
        "ratio": "DOUBLE",
        "updated_at": "TIMESTAMP",
    },
    "expected_skus": {
        "report_id": "BIGINT",
        "scene_id": "BIGINT",
        "sku_id": "BIGINT",
        "present": "BOOLEAN",
        "facings": "INTEGER",
    },
    # roll-up
    "scene_skus": {
        "scene_id": "BIGINT",
        "sku_id": "BIGINT",
        "facings": "INTEGER",
        "space": "FLOAT",
        "shelves": "INTEGER",
        "price": "DOUBLE",
        "currency": "VARCHAR",
        "promo": "BOOLEAN",
    },
    # how it came about
    "refreshes": {
        "refreshed_at": "TIMESTAMP",
        "seconds": "DOUBLE",
        "scenes": "INTEGER",
        "facings": "BIGINT",
        "reports": "INTEGER",
        "rebuilt": "BOOLEAN",
        "made_by": "VARCHAR",
    },
}
_POLARS: dict[str, DataTypeClass | DataType] = {
    "BIGINT": pl.Int64,
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
    "FLOAT": pl.Float32,
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
}
OF_SCENES = ("facings", "prices", "gaps", "scene_skus")  # replaced with the facts of a scene


def ddl() -> list[str]:
    """Statements that make every table."""
    return [
        f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        for table, columns in TABLES.items()
    ]


def version() -> str:
    """Changes whenever the schema does: a warehouse of another one is built anew."""
    return hashlib.sha256("\n".join(ddl()).encode()).hexdigest()[:12]


def frame_schema(table: str) -> dict[str, DataTypeClass | DataType]:
    """The columns of a frame that is put into a table."""
    return {name: _POLARS[kind] for name, kind in TABLES[table].items()}
