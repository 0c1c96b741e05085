"""The tables of the learning loop: what people said, and what recognition was not sure of."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from storage.columns import BIG, table, time, to

recognition_errors = table(
    "recognition_errors",
    to("scenes", "scene_id", nullable=False, index=True),
    Column("sku_gid", BigInteger, nullable=False),  # as the client names the SKU; may be none here
    Column("message", Text),
    Column("images", JSON, nullable=False),  # ids of uploaded photos that prove it
    time("created_at"),
    time("closed_at", nullable=True),
)
confirmations = table(
    "confirmations",
    to("scenes", "scene_id", nullable=False),
    Column("facts_revision", Integer, nullable=False),
    Column("facing_id", Integer, nullable=False),
    to("images", "image_id", nullable=False),
    *(Column(side, Float, nullable=False) for side in ("x1", "y1", "x2", "y2")),
    Column("said_sku_id", BigInteger),  # what recognition had said
    Column("said_confidence", Float),
    Column("sku_id", BIG, ForeignKey("skus.id"), index=True),  # null = none of the known SKUs
    time("created_at"),
    time("learned_at", nullable=True),  # when it became a reference
    UniqueConstraint("scene_id", "facts_revision", "facing_id"),
)
unknown_products = table(
    "unknown_products",
    Column("embedder", String(128), nullable=False),  # key of the embedder the centre is of
    Column("centre", LargeBinary, nullable=False),  # float32, length 1
    Column("status", String(16), nullable=False),
    Column("sku_id", BIG, ForeignKey("skus.id")),  # what it turned out to be
    Column("seen", Integer, nullable=False),  # facings
    Column("scenes", Integer, nullable=False),
    Column("shops", Integer, nullable=False),  # of visits that name one
    time("first_seen"),
    time("last_seen"),
    Index("ix_unknown_products_status_seen", "status", "seen"),
)
doubts = table(
    "doubts",
    to("scenes", "scene_id", nullable=False),
    Column("facts_revision", Integer, nullable=False),
    Column("facing_id", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("candidate", BigInteger),  # the first SKU of the shortlist
    Column("uncertainty", Float, nullable=False),  # 0-1
    time("created_at"),
    time("settled_at", nullable=True),  # when a person said what it is
    Column("product_id", BIG, ForeignKey("unknown_products.id", ondelete="SET NULL"), index=True),
    Column("rank", Integer),  # among the pictures of its unknown product, 0 = the most typical
    UniqueConstraint("scene_id", "facing_id"),
    Index("ix_doubts_settled_at_kind", "settled_at", "kind"),
)
