"""What was taken of each rate limit in the last minute."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rates",
        sa.Column("bucket", sa.String(length=128), nullable=False),
        sa.Column("times", sa.LargeBinary(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_rates")),
    )
    op.create_index(op.f("ix_rates_newest_at"), "rates", ["newest_at"])
