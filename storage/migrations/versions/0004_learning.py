"""The learning loop: errors that clients report, confirmations, doubts, unknown products."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _recognition_errors()
    _confirmations()
    _unknown_products()
    _doubts()


def _recognition_errors() -> None:
    op.create_table(
        "recognition_errors",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("sku_gid", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        _of("scenes", "recognition_errors", "scene_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_errors")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recognition_errors_scene_id"), "recognition_errors", ["scene_id"])


def _confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("facts_revision", sa.Integer(), nullable=False),
        sa.Column("facing_id", sa.Integer(), nullable=False),
        sa.Column("image_id", BIG, nullable=False),
        *(sa.Column(side, sa.Float(), nullable=False) for side in ("x1", "y1", "x2", "y2")),
        sa.Column("said_sku_id", sa.BigInteger(), nullable=True),
        sa.Column("said_confidence", sa.Float(), nullable=True),
        sa.Column("sku_id", BIG, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("learned_at", TIME, nullable=True),
        _of("scenes", "confirmations", "scene_id", ondelete="CASCADE"),
        _of("images", "confirmations", "image_id", ondelete="CASCADE"),
        _of("skus", "confirmations", "sku_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint(
            "scene_id",
            "facts_revision",
            "facing_id",
            name=op.f("uq_confirmations_scene_id_facts_revision_facing_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_confirmations_sku_id"), "confirmations", ["sku_id"])


def _unknown_products() -> None:
    op.create_table(
        "unknown_products",
        sa.Column("id", BIG, nullable=False),
        sa.Column("embedder", sa.String(128), nullable=False),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("sku_id", BIG, nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("shops", sa.Integer(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        _of("skus", "unknown_products", "sku_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown_products")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unknown_products_status_seen", "unknown_products", ["status", "seen"])


def _doubts() -> None:
    op.create_table(
        "doubts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("facts_revision", sa.Integer(), nullable=False),
        sa.Column("facing_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("candidate", sa.BigInteger(), nullable=True),
        sa.Column("uncertainty", sa.Float(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        _of("scenes", "doubts", "scene_id", ondelete="CASCADE"),
        _of("unknown_products", "doubts", "product_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
        sa.UniqueConstraint("scene_id", "facing_id", name=op.f("uq_doubts_scene_id_facing_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_doubts_product_id"), "doubts", ["product_id"])
    op.create_index("ix_doubts_settled_at_kind", "doubts", ["settled_at", "kind"])


def _of(
    target: str, table: str, column: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)
