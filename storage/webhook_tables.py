"""The tables of webhooks: endpoints, their secrets, messages, and every attempt to send one."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Text, text

from storage.columns import table, time, to

endpoints = table(
    "endpoints",
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("events", Text, nullable=False),  # names, with a space between
    time("created_at"),
    time("failing_since", nullable=True),  # first failure after the last success
    time("disabled_at", nullable=True),  # null = it gets messages
    Column("disabled_because", Text),
)
webhook_secrets = table(
    "webhook_secrets",
    Column("endpoint_id", BigInteger, nullable=False),  # 0: of addresses that calls name
    Column("value", LargeBinary, nullable=False),
    time("created_at"),
    time("expires_at", nullable=True),  # null = the current one
)
Index(  # two processes that need the first one at once make one
    "uq_webhook_secrets_current",
    webhook_secrets.c.endpoint_id,
    unique=True,
    sqlite_where=text("expires_at IS NULL"),
    postgresql_where=text("expires_at IS NULL"),
)
messages = table(
    "messages",
    Column("uid", String(36), nullable=False, unique=True),  # the webhook-id receivers see
    Column("event", String(32), nullable=False),
    to("scenes", "scene_id", nullable=False, index=True),
    to("reports", "report_id", index=True),  # null: the event is the scene's
    Column("revision", Integer, nullable=False),
    to("endpoints", "endpoint_id", index=True),  # null: it goes to `url`, which a call named
    Column("url", Text, nullable=False),  # empty: it goes where the endpoint is by then
    Column("failures", Integer, nullable=False),  # attempts since it was first sent or redelivered
    time("created_at"),
    Index("ix_messages_created_at", "created_at"),
)
attempts = table(
    "attempts",
    to("messages", "message_id", nullable=False, index=True),
    time("at"),
    Column("status_code", Integer),
    Column("failure", String(16)),  # what kind; null = delivered, or an attempt of old
    Column("error", Text),
    Column("reply", Text),  # its first 2,000 bytes
    Column("milliseconds", Float, nullable=False),
    time("next_at", nullable=True),  # when the next attempt was due; null = none
)
