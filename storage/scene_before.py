"""The scene that a scene is compared with."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage import facts
from storage.scenes import Scene
from storage.tables import scenes, visits

BEFORE = "previous_"  # begins the names of inputs that are its facts, as previous_facings


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


def is_as_before(tx: Connection, scene: Scene, inputs: Mapping[str, str]) -> bool:
    """Whether the facts a report was compared with are still those of the scene before.

    Args:
        tx: a transaction.
        scene: the report's.
        inputs: keys of the objects that hold the report's frames, by input.
    """
    keys = {name: key for name, key in inputs.items() if name.startswith(BEFORE)}
    if not keys:
        return True
    former = scene_before(tx, scene)
    if former is None or former.facts_day is None or former.facts_revision is None:
        return not any(facts.is_key(key) for key in keys.values())
    written = former.facts_day, former.scene, former.facts_revision
    return all(
        key == facts.facts_key(*written, name.removeprefix(BEFORE)) for name, key in keys.items()
    )
