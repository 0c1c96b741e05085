"""What each photo of a scene was worth to recognition."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column, and the index by which the newest one of a photo is found."""
    op.add_column("scene_images", sa.Column("quality", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(op.f("ix_scene_images_image_id"), "scene_images", ["image_id"])
