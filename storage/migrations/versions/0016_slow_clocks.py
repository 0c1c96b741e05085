"""Clocks that do not trust the wall clock: photos go by one."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "slow_clocks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shows", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_slow_clocks")),
    )
