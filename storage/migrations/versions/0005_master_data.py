"""Master data: brands, displays, planograms, must-have lists; what a visit says."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PLACE = ("rack_index", "shelf_index", "product_index", "facing_x", "facing_y", "width", "height")


def upgrade() -> None:
    """Make the tables; visits gain columns."""
    for name in ("brands", "categories", "manufacturers", "planograms", "musthavelists"):
        _table(name, sa.Column("name", sa.Text(), nullable=True))
    _planogram_records()
    _mhl_records()
    _displays()
    op.create_table(
        "versions",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_versions")),
    )
    for name in ("agent", "task", "shop_name", "shop_area"):
        op.add_column("visits", sa.Column(name, sa.Text(), nullable=True))
    for name in ("latitude", "longitude"):
        op.add_column("visits", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("visits", sa.Column("details", sa.JSON(), nullable=True))


def _planogram_records() -> None:
    _table(
        "planogram_records",
        _number("planogram_id"),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in PLACE),
        _number("sku_id"),
        _of("planograms", "planogram_records", "planogram_id", ondelete="CASCADE"),
        _of("skus", "planogram_records", "sku_id"),
    )
    _index("planogram_records", "planogram_id", "sku_id")


def _mhl_records() -> None:
    alternatives = [f"sku{n}" for n in range(1, 7)]
    _table(
        "mhl_records",
        sa.Column("name", sa.Text(), nullable=True),
        *(_number(name) for name in ("musthavelist_id", "sku_id", *alternatives)),
        _of("musthavelists", "mhl_records", "musthavelist_id", ondelete="CASCADE"),
        _of("skus", "mhl_records", "sku_id"),
        *(_of("skus", "mhl_records", name, onupdate=None) for name in alternatives),
    )
    _index("mhl_records", "musthavelist_id", "sku_id")


def _displays() -> None:
    _table(
        "displays",
        sa.Column("name", sa.Text(), nullable=True),
        _number("planogram_id"),
        _number("musthavelist_id"),
        _of("planograms", "displays", "planogram_id", ondelete="SET NULL"),
        _of("musthavelists", "displays", "musthavelist_id"),
    )
    _index("displays", "planogram_id", "musthavelist_id")


def _table(name: str, *parts: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        *parts,
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=True)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _of(
    target: str,
    table: str,
    column: str,
    *,
    onupdate: str | None = "CASCADE",
    ondelete: str | None = None,
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, onupdate=onupdate, ondelete=ondelete
    )
