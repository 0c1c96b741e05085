"""Endpoints for webhooks, secrets to sign with, events beside reports, more about each attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
AUTOINCREMENT = {"sqlite_autoincrement": True}
NEW_IN_MESSAGES = {  # and what the messages of before get
    "uid": (sa.String(36), "'msg_' || {random}"),
    "event": (
        sa.String(32),
        "CASE (SELECT status FROM report_revisions AS made WHERE made.report_id ="
        " messages.report_id AND made.revision = messages.revision)"
        " WHEN 'ERROR' THEN 'report.error' ELSE 'report.ready' END",
    ),
    "scene_id": (BIG, "(SELECT scene_id FROM reports WHERE reports.id = messages.report_id)"),
    "lane": (sa.Text(), "''"),
    "failures": (
        sa.Integer(),
        "(SELECT count(*) FROM attempts WHERE attempts.message_id = messages.id)",
    ),
}
RANDOM = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(random()::text || id)"}


def upgrade() -> None:
    """Make the tables and columns; what waits for delivery goes on where it was."""
    _make_endpoints()
    _make_secrets()
    _change_messages()
    for name, kind in (
        ("failure", sa.String(16)),
        ("reply", sa.Text()),
        ("next_at", TIME),
    ):
        op.add_column("attempts", sa.Column(name, kind, nullable=True))


def _make_endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", BIG, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        **AUTOINCREMENT,
    )


def _make_secrets() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
        **AUTOINCREMENT,
    )
    op.create_index(
        "uq_webhook_secrets_current",
        "webhook_secrets",
        ["endpoint_id"],
        unique=True,
        sqlite_where=sa.text("expires_at IS NULL"),
        postgresql_where=sa.text("expires_at IS NULL"),
    )


def _change_messages() -> None:
    random = RANDOM[op.get_bind().dialect.name]
    for name, (kind, value) in NEW_IN_MESSAGES.items():
        op.add_column("messages", sa.Column(name, kind, nullable=True))
        op.execute(f"UPDATE messages SET {name} = {value.format(random=random)}")  # noqa: S608
    with op.batch_alter_table("messages", table_kwargs=AUTOINCREMENT) as table:
        table.add_column(sa.Column("endpoint_id", BIG, nullable=True))
        for name, (kind, _) in NEW_IN_MESSAGES.items():
            table.alter_column(name, existing_type=kind, nullable=False)
        table.alter_column("report_id", existing_type=BIG, nullable=True)
        table.drop_constraint(op.f("uq_messages_report_id_revision_url"), type_="unique")
        table.create_unique_constraint(op.f("uq_messages_uid"), ["uid"])
        for column, target in (("scene_id", "scenes"), ("endpoint_id", "endpoints")):
            name = op.f(f"fk_messages_{column}")
            table.create_foreign_key(name, target, [column], ["id"], ondelete="CASCADE")
    for column in ("scene_id", "report_id", "endpoint_id", "created_at"):
        op.create_index(op.f(f"ix_messages_{column}"), "messages", [column])
