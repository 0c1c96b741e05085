"""Every table of the records, as SQLAlchemy Core."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import metadata, table, time, to
from storage.gallery_tables import forecasts, galleries, sku_references, vectors
from storage.learning_tables import confirmations, doubts, recognition_errors, unknown_products
from storage.master_tables import (
    brands,
    categories,
    displays,
    manufacturers,
    mhl_records,
    musthavelists,
    planogram_records,
    planograms,
    skus,
    versions,
)

__all__ = [
    "brands",
    "categories",
    "confirmations",
    "displays",
    "doubts",
    "forecasts",
    "galleries",
    "manufacturers",
    "metadata",
    "mhl_records",
    "musthavelists",
    "planogram_records",
    "planograms",
    "recognition_errors",
    "sku_references",
    "skus",
    "unknown_products",
    "vectors",
    "versions",
]

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),
    time("created_at"),
    time("expires_at"),
    Column("name", Text, nullable=False, server_default=""),
    Column("scopes", Text, nullable=False, server_default="read recognise master_data"),
    time("revoked_at", nullable=True),
)
replies = Table(
    "replies",
    metadata,
    Column("request", String(64), primary_key=True),
    Column("payload", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    time("created_at"),
    Index("ix_replies_created_at", "created_at"),
)
rates = Table(
    "rates",
    metadata,
    Column("bucket", String(128), primary_key=True),
    Column("times", LargeBinary, nullable=False),  # float64, little endian, oldest first
    time("newest_at"),
    Index("ix_rates_newest_at", "newest_at"),
)
secrets = Table(
    "secrets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
images = table(
    "images",
    Column("sha256", String(64), nullable=False, index=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("duplicate", Boolean, nullable=False),
    time("created_at"),
)
Index(  # the same bytes sent by two clients at once: exactly one of them was first
    "uq_images_first_upload",
    images.c.sha256,
    unique=True,
    sqlite_where=text("NOT duplicate"),
    postgresql_where=text("NOT duplicate"),
)
agents = table(
    "agents",
    Column("cid", Text, nullable=False, unique=True),
    Column("name", Text),
    time("created_at"),
)
visits = table(
    "visits",
    Column("shop", Text),  # the customer's code of the shop
    Column("agent", Text),  # the client's name, id or route of the agent
    Column("task", Text),
    Column("latitude", Float),  # degrees
    Column("longitude", Float),  # degrees
    Column("shop_name", Text),
    Column("shop_area", Text),
    Column("details", JSON(none_as_null=True)),  # what else the client said
    time("started_at"),
    time("created_at"),
)
scenes = table(
    "scenes",
    Column("scene", String(32), nullable=False, unique=True),
    to("visits", "visit_id", nullable=False),
    to("agents", "agent_id"),
    Column("display_id", BigInteger, index=True),
    time("taken_at", nullable=True),
    Column("webhook", Text),
    Column("panorama_stack_height", Integer),
    Column("panorama_stack_width", Integer),
    Column("country_code", Text),
    Column("retail_chain", Text),
    Column("metadata", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("facts_revision", Integer),
    Column("facts_day", Date),
    time("facts_at", nullable=True),
    Column("detector", Text),
    Column("embedder", Text),
    Column("recognised_with", JSON(none_as_null=True)),  # version of the gallery, thresholds
    Column("flow_run_id", Text),
    Column("timings", JSON, nullable=False),
    Column("problem", Text),
    time("created_at"),
    time("started_at", nullable=True),
    time("finished_at", nullable=True),
)
scene_images = Table(
    "scene_images",
    metadata,
    to("scenes", "scene_id", primary_key=True),
    to("images", "image_id", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("problem", Text),
    Column("quality", JSON(none_as_null=True)),  # null before recognition
)
reports = table(
    "reports",
    to("scenes", "scene_id", nullable=False),
    Column("report_type", String(64), nullable=False),
    Column("revision", Integer, nullable=False),  # the current one
    time("created_at"),
    time("updated_at"),
    UniqueConstraint("scene_id", "report_type"),
)
report_revisions = Table(
    "report_revisions",
    metadata,
    to("reports", "report_id", primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("body", LargeBinary),  # up to 64 kB, else body_key
    Column("body_key", Text),
    Column("body_sha256", String(64)),
    Column("facts_revision", Integer),
    Column("lineage", JSON(none_as_null=True)),  # null before READY
    Column("problem", Text),
    Column("webhook", Text),
    time("created_at"),
    time("updated_at"),
)
work = table(
    "work",
    Column("flow", String(64), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    time("due_at"),
    time("lease_until", nullable=True),
    Column("owner", Text),
    Column("problem", Text),
    time("finished_at", nullable=True),
    UniqueConstraint("flow", "subject_id", "revision"),
    Index("ix_work_state_due_at", "state", "due_at"),
)
messages = table(
    "messages",
    to("reports", "report_id", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("url", Text, nullable=False),
    time("created_at"),
    UniqueConstraint("report_id", "revision", "url"),
)
attempts = table(
    "attempts",
    to("messages", "message_id", nullable=False, index=True),
    time("at"),
    Column("status_code", Integer),
    Column("error", Text),
    Column("milliseconds", Float, nullable=False),
)
