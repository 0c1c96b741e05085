"""The table of what happened to scenes, in order."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from storage.columns import metadata, time, to

scene_events = Table(
    "scene_events",
    metadata,
    to("scenes", "scene_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, per scene
    Column("kind", String(16), nullable=False),
    Column("subject", String(48), nullable=False),  # of which photo or report; may be empty
    Column("data", JSON, nullable=False),
    time("at"),
    Index("uq_scene_events_subject", "scene_id", "kind", "subject", unique=True),
)
