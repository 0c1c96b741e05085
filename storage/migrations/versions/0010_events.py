"""What happens to a scene is kept in order; work remembers which request asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table, the columns, and an index of the few reports that are not ready."""
    op.create_table(
        "scene_events",
        sa.Column("scene_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=48), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scenes.id"], name=op.f("fk_scene_events_scene_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scene_id", "number", name=op.f("pk_scene_events")),
    )
    subject = ["scene_id", "kind", "subject"]
    op.create_index("uq_scene_events_subject", "scene_events", subject, unique=True)
    op.add_column("work", sa.Column("request_id", sa.String(length=64), nullable=True))
    op.add_column("work", sa.Column("traceparent", sa.String(length=55), nullable=True))
    op.create_index(
        "ix_report_revisions_not_ready",
        "report_revisions",
        ["created_at"],
        sqlite_where=sa.text("status = 'NOT_READY'"),
        postgresql_where=sa.text("status = 'NOT_READY'"),
    )
