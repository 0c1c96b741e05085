"""The scene that a scene is compared with."""

from sqlalchemy import Connection, select

from storage.scenes import Scene
from storage.tables import scenes, visits


def scene_before(tx: Connection, scene: Scene) -> Scene | None:
    """Find the last scene before this one of the same display and shop that has facts.

    Without a display there is none.
    """
    mine = visits.alias()
    shop = select(mine.c.shop).where(mine.c.id == scene.visit_id).scalar_subquery()
    query = select(scenes).join(visits, visits.c.id == scenes.c.visit_id)
    query = query.where(
        scenes.c.display_id == scene.display_id,
        scenes.c.facts_revision.is_not(None),
        scenes.c.id < scene.id,
        visits.c.shop.is_not_distinct_from(shop),
    )
    row = tx.execute(query.order_by(scenes.c.id.desc()).limit(1)).mappings().first()
    return Scene(**row) if row else None
