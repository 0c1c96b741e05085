"""The tables of what clients say about a visit once its scenes are recognised."""

from sqlalchemy import JSON, BigInteger, Column, Table, Text

from storage.columns import metadata, table, time, to

oos_reasons = table(
    "oos_reasons",
    to("scenes", "scene_id", nullable=False, index=True),
    Column("sku_gid", BigInteger, nullable=False),  # as the client names the SKU; may be none here
    Column("reason", Text, nullable=False),
    Column("message", Text),
    Column("images", JSON, nullable=False),  # ids of uploaded photos that prove it
    time("created_at"),
)
kpi_values = Table(
    "kpi_values",
    metadata,
    to("visits", "visit_id", primary_key=True),
    Column("kpi", BigInteger, primary_key=True, autoincrement=False),
    Column("value", JSON, nullable=False),
    Column("target_value", JSON(none_as_null=True)),
    time("updated_at"),
)
