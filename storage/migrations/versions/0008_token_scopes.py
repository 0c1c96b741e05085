"""Tokens have a name, scopes, and may be revoked; those issued before may do everything."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    everything = "read recognise master_data"
    op.add_column("tokens", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    scopes = sa.Column("scopes", sa.Text(), nullable=False, server_default=everything)
    op.add_column("tokens", scopes)
    op.add_column("tokens", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
