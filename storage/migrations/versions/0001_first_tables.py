"""The first tables: tokens, uploads, scenes, reports, work, webhooks, SKUs and their gallery."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "agents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("cid", name=op.f("uq_agents_cid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "galleries",
        sa.Column("embedder", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("embedder", name=op.f("pk_galleries")),
    )
    op.create_table(
        "images",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("duplicate", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_images_sha256"), "images", ["sha256"], unique=False)
    op.create_index(
        "uq_images_first_upload",
        "images",
        ["sha256"],
        unique=True,
        sqlite_where=sa.text("NOT duplicate"),
        postgresql_where=sa.text("NOT duplicate"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "tokens",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_tokens")),
    )
    op.create_table(
        "visits",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop", sa.Text(), nullable=True),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work",
        sa.Column("id", BIG, nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint(
            "flow", "subject_id", "revision", name=op.f("uq_work_flow_subject_id_revision")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_work_state_due_at", "work", ["state", "due_at"], unique=False)
    op.create_table(
        "scenes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene", sa.String(length=32), nullable=False),
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("display_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("webhook", sa.Text(), nullable=True),
        sa.Column("panorama_stack_height", sa.Integer(), nullable=True),
        sa.Column("panorama_stack_width", sa.Integer(), nullable=True),
        sa.Column("country_code", sa.Text(), nullable=True),
        sa.Column("retail_chain", sa.Text(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("facts_revision", sa.Integer(), nullable=True),
        sa.Column("facts_day", sa.Date(), nullable=True),
        sa.Column("facts_at", TIME, nullable=True),
        sa.Column("detector", sa.Text(), nullable=True),
        sa.Column("embedder", sa.Text(), nullable=True),
        sa.Column("flow_run_id", sa.Text(), nullable=True),
        sa.Column("timings", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_scenes_agent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_scenes_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenes")),
        sa.UniqueConstraint("scene", name=op.f("uq_scenes_scene")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scenes_display_id"), "scenes", ["display_id"], unique=False)
    op.create_table(
        "skus",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cid", sa.Text(), nullable=False),
        sa.Column("ean13", sa.Text(), nullable=True),
        sa.Column("image", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.BigInteger(), nullable=True),
        sa.Column("category", sa.BigInteger(), nullable=True),
        sa.Column("manufacturer", sa.BigInteger(), nullable=True),
        sa.Column("size_x_mm", sa.Float(), nullable=True),
        sa.Column("size_y_mm", sa.Float(), nullable=True),
        sa.Column("size_z_mm", sa.Float(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["image"], ["images.id"], name=op.f("fk_skus_image")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skus")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("report_type", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scenes.id"], name=op.f("fk_reports_scene_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "scene_id", "report_type", name=op.f("uq_reports_scene_id_report_type")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "scene_images",
        sa.Column("scene_id", BIG, nullable=False),
        sa.Column("image_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_scene_images_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scenes.id"], name=op.f("fk_scene_images_scene_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scene_id", "image_id", name=op.f("pk_scene_images")),
    )
    op.create_table(
        "sku_references",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sku_id", BIG, nullable=False),
        sa.Column("image_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_sku_references_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["skus.id"], name=op.f("fk_sku_references_sku_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku_references")),
        sa.UniqueConstraint("sku_id", "image_id", name=op.f("uq_sku_references_sku_id_image_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_messages_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "report_id", "revision", "url", name=op.f("uq_messages_report_id_revision_url")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_revisions",
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_key", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("facts_revision", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("webhook", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_revisions_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "revision", name=op.f("pk_report_revisions")),
    )
    op.create_table(
        "vectors",
        sa.Column("reference_id", BIG, nullable=False),
        sa.Column("embedder", sa.String(length=128), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["sku_references.id"],
            name=op.f("fk_vectors_reference_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reference_id", "embedder", name=op.f("pk_vectors")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attempts_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attempts_message_id"), "attempts", ["message_id"], unique=False)
