"""What clients say about visits: reasons of gaps, KPI values, what they collected; who replies."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns; visits of before were changed last when they were made."""
    _make_oos_reasons()
    _make_kpi_values()
    op.add_column("visits", sa.Column("cid", sa.Text(), nullable=True))
    op.add_column("visits", sa.Column("updated_at", TIME, nullable=True))
    op.add_column("visits", sa.Column("collected_at", TIME, nullable=True))
    op.execute("UPDATE visits SET updated_at = created_at")
    op.create_index(op.f("ix_scenes_visit_id"), "scenes", ["visit_id"])
    owner = sa.Column("owner", sa.String(length=32), nullable=False, server_default="")
    op.add_column("replies", owner)


def _make_oos_reasons() -> None:
    op.create_table(
        "oos_reasons",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("sku_gid", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scenes.id"], name=op.f("fk_oos_reasons_scene_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oos_reasons")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_oos_reasons_scene_id"), "oos_reasons", ["scene_id"])


def _make_kpi_values() -> None:
    op.create_table(
        "kpi_values",
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("kpi", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("target_value", sa.JSON(), nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_kpi_values_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "kpi", name=op.f("pk_kpi_values")),
    )
