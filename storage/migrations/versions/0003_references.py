"""References may be boxes of photos and know where they come from; SKUs have forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Take every reference there is for the packshot it was; add the table of forecasts."""
    op.add_column("sku_references", sa.Column("crop", sa.Text(), nullable=True))
    op.add_column("sku_references", sa.Column("source", sa.String(16), nullable=True))
    op.add_column("sku_references", sa.Column("created_at", TIME, nullable=True))
    uploaded = "SELECT created_at FROM images WHERE images.id = sku_references.image_id"
    op.execute(
        f"UPDATE sku_references SET crop = '', source = 'packshot', created_at = ({uploaded})"  # noqa: S608
    )
    with op.batch_alter_table(
        "sku_references", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.alter_column("crop", existing_type=sa.Text(), nullable=False)
        table.alter_column("source", existing_type=sa.String(16), nullable=False)
        table.alter_column("created_at", existing_type=TIME, nullable=False)
        table.drop_constraint(op.f("uq_sku_references_sku_id_image_id"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_sku_references_sku_id_image_id_crop"), ["sku_id", "image_id", "crop"]
        )
    op.add_column("galleries", sa.Column("used_at", TIME, nullable=True))
    op.create_table(
        "forecasts",
        sa.Column("sku_id", BIG, nullable=False),
        sa.Column("embedder", sa.String(128), nullable=False),
        sa.Column("gallery", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["skus.id"], name=op.f("fk_forecasts_sku_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sku_id", "embedder", name=op.f("pk_forecasts")),
    )
