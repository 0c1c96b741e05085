"""The lane of a message is its work's: the next of each lane is found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
INDEXES = {  # name -> columns, of which work
    "ix_work_lane": (["state", "lane", "due_at", "id"], "state = 'OPEN' AND lane IS NOT NULL"),
    "ix_work_held": (["lane", "lease_until"], "state = 'OPEN' AND lease_until IS NOT NULL"),
}


def upgrade() -> None:
    """Move the lanes and make the indexes."""
    op.add_column("work", sa.Column("lane", sa.Text(), nullable=True))
    op.execute(
        "UPDATE work SET lane = (SELECT lane FROM messages WHERE messages.id = work.subject_id)"
        " WHERE flow = 'deliver-webhooks'"
    )
    op.drop_column("messages", "lane")
    for name, (columns, which) in INDEXES.items():
        where = sa.text(which)
        op.create_index(name, "work", columns, sqlite_where=where, postgresql_where=where)
