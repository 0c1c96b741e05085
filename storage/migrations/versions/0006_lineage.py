"""What each report was made from, and how its scene was recognised."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; null for what was made before."""
    op.add_column("scenes", sa.Column("recognised_with", sa.JSON(), nullable=True))
    op.add_column("report_revisions", sa.Column("lineage", sa.JSON(), nullable=True))
