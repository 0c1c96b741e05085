"""Every table of the records, as SQLAlchemy Core; times are aware UTC datetimes.

Ids are made by the database and never used twice (AUTOINCREMENT, sequences): they go on the wire.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time zone back that SQLite does not store."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in an INTEGER key


def _table(name: str, *columns: Any) -> Table:
    """Make a table whose id is made by the database."""
    return Table(
        name, metadata, Column("id", BIG, primary_key=True), *columns, sqlite_autoincrement=True
    )


def _to(target: str, name: str, **options: Any) -> Column[int]:
    """Make a column that names a row of another table."""
    return Column(name, BIG, ForeignKey(f"{target}.id", ondelete="CASCADE"), **options)


def _time(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=nullable)


tokens = Table(
    "tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),
    _time("created_at"),
    _time("expires_at"),
)
secrets = Table(
    "secrets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
images = _table(
    "images",
    Column("sha256", String(64), nullable=False, index=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("duplicate", Boolean, nullable=False),
    _time("created_at"),
)
Index(  # the same bytes sent by two clients at once: exactly one of them was first
    "uq_images_first_upload",
    images.c.sha256,
    unique=True,
    sqlite_where=text("NOT duplicate"),
    postgresql_where=text("NOT duplicate"),
)
agents = _table(
    "agents",
    Column("cid", Text, nullable=False, unique=True),
    Column("name", Text),
    _time("created_at"),
)
visits = _table(
    "visits",
    Column("shop", Text),  # the customer's code of the shop
    _time("started_at"),
    _time("created_at"),
)
scenes = _table(
    "scenes",
    Column("scene", String(32), nullable=False, unique=True),
    _to("visits", "visit_id", nullable=False),
    _to("agents", "agent_id"),
    Column("display_id", BigInteger, index=True),
    _time("taken_at", nullable=True),
    Column("webhook", Text),
    Column("panorama_stack_height", Integer),
    Column("panorama_stack_width", Integer),
    Column("country_code", Text),
    Column("retail_chain", Text),
    Column("metadata", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("facts_revision", Integer),
    Column("facts_day", Date),
    _time("facts_at", nullable=True),
    Column("detector", Text),
    Column("embedder", Text),
    Column("flow_run_id", Text),
    Column("timings", JSON, nullable=False),
    Column("problem", Text),
    _time("created_at"),
    _time("started_at", nullable=True),
    _time("finished_at", nullable=True),
)
scene_images = Table(
    "scene_images",
    metadata,
    _to("scenes", "scene_id", primary_key=True),
    _to("images", "image_id", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("problem", Text),
    Column("quality", JSON(none_as_null=True)),  # null before recognition
)
reports = _table(
    "reports",
    _to("scenes", "scene_id", nullable=False),
    Column("report_type", String(64), nullable=False),
    Column("revision", Integer, nullable=False),  # the current one
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("scene_id", "report_type"),
)
report_revisions = Table(
    "report_revisions",
    metadata,
    _to("reports", "report_id", primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("body", LargeBinary),  # up to 64 kB, else body_key
    Column("body_key", Text),
    Column("body_sha256", String(64)),
    Column("facts_revision", Integer),
    Column("problem", Text),
    Column("webhook", Text),
    _time("created_at"),
    _time("updated_at"),
)
work = _table(
    "work",
    Column("flow", String(64), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    _time("due_at"),
    _time("lease_until", nullable=True),
    Column("owner", Text),
    Column("problem", Text),
    _time("finished_at", nullable=True),
    UniqueConstraint("flow", "subject_id", "revision"),
    Index("ix_work_state_due_at", "state", "due_at"),
)
messages = _table(
    "messages",
    _to("reports", "report_id", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("url", Text, nullable=False),
    _time("created_at"),
    UniqueConstraint("report_id", "revision", "url"),
)
attempts = _table(
    "attempts",
    _to("messages", "message_id", nullable=False, index=True),
    _time("at"),
    Column("status_code", Integer),
    Column("error", Text),
    Column("milliseconds", Float, nullable=False),
)
skus = _table(
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
    _time("created_at"),
    _time("updated_at"),
)
sku_references = _table(
    "sku_references",
    _to("skus", "sku_id", nullable=False),
    _to("images", "image_id", nullable=False),
    UniqueConstraint("sku_id", "image_id"),
)
vectors = Table(
    "vectors",
    metadata,
    _to("sku_references", "reference_id", primary_key=True),
    Column("embedder", String(128), primary_key=True),
    Column("vector", LargeBinary),  # float32; null when `problem` says why there is none
    Column("problem", Text),
)
galleries = Table(
    "galleries",
    metadata,
    Column("embedder", String(128), primary_key=True),
    Column("version", BigInteger, nullable=False),  # counts the changes of the gallery
)
