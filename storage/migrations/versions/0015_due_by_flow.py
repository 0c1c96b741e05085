"""The index over open work by flow says when it is due: what one flow is to do next is found at
once, however much of another waits.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
COLUMNS = ["flow", "state", "due_at", "id"]


def upgrade() -> None:
    """Make the index anew, with two more columns."""
    op.drop_index("ix_work_open", "work")
    which = sa.text("state = 'OPEN'")
    op.create_index("ix_work_open", "work", COLUMNS, sqlite_where=which, postgresql_where=which)
