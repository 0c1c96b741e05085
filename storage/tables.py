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

from storage.clock_tables import slow_clocks
from storage.columns import metadata, table, time, to
from storage.event_tables import scene_events
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
from storage.visit_tables import kpi_values, oos_reasons
from storage.webhook_tables import attempts, endpoints, messages, webhook_secrets

__all__ = [
    "attempts",
    "brands",
    "categories",
    "confirmations",
    "displays",
    "doubts",
    "endpoints",
    "forecasts",
    "galleries",
    "kpi_values",
    "manufacturers",
    "messages",
    "metadata",
    "mhl_records",
    "musthavelists",
    "oos_reasons",
    "planogram_records",
    "planograms",
    "recognition_errors",
    "scene_events",
    "sku_references",
    "skus",
    "slow_clocks",
    "unknown_products",
    "vectors",
    "versions",
    "webhook_secrets",
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
    Column("body", LargeBinary, nullable=False),  # empty while the request is worked on
    Column("owner", String(32), nullable=False, server_default=""),  # who works on it
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
    Column("cid", Text),  # the client's own id of the visit
    time("started_at"),
    time("created_at"),
    time("updated_at", nullable=True),  # what belongs to it changed last
    time("collected_at", nullable=True),  # its `updated_at` when the client collected it
)
scenes = table(
    "scenes",
    Column("scene", String(32), nullable=False, unique=True),
    to("visits", "visit_id", nullable=False, index=True),
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
Index(  # few at a time among many: what monitors count
    "ix_report_revisions_not_ready",
    report_revisions.c.created_at,
    sqlite_where=text("status = 'NOT_READY'"),
    postgresql_where=text("status = 'NOT_READY'"),
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
    Column("request_id", String(64)),  # of the request that asked for it; null = none did
    Column("traceparent", String(55)),  # of that request's span; null = it was not traced
    Column("lane", Text),  # little work of one lane is done at a time; null = any amount
    UniqueConstraint("flow", "subject_id", "revision"),
    Index("ix_work_state_due_at", "state", "due_at"),
    Index(  # the next of each flow, however much of another waits
        "ix_work_open",
        *("flow", "state", "due_at", "id"),  # `state`, so that the index alone tells how much
        sqlite_where=text("state = 'OPEN'"),
        postgresql_where=text("state = 'OPEN'"),
    ),
    Index(  # the next of each lane, however much waits in it
        "ix_work_lane",
        "state",  # constant, as above
        "lane",
        "due_at",
        "id",
        sqlite_where=text("state = 'OPEN' AND lane IS NOT NULL"),
        postgresql_where=text("state = 'OPEN' AND lane IS NOT NULL"),
    ),
    Index(  # how much of it is held
        "ix_work_held",
        "lane",
        "lease_until",
        sqlite_where=text("state = 'OPEN' AND lease_until IS NOT NULL"),
        postgresql_where=text("state = 'OPEN' AND lease_until IS NOT NULL"),
    ),
)
