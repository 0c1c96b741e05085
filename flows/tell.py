"""Tells whoever follows a scene how far recognition is.

What is told may be lost with the power: then the scene is recognised, and told, again.
"""

from flows.resources import Resources, now
from flows.scene_facts import Frames, Seen
from storage import reports, scene_events


def tell_photo(tools: Resources, scene_id: int, seen: Seen) -> None:
    """Say that a photo was looked at."""
    image_id, problem = seen.photo.image.id, seen.problem
    status = reports.READY if seen.result else reports.ERROR
    with tools.records.light_transaction() as tx:
        scene_events.add_photo(tx, scene_id, image_id, status=status, problem=problem, now=now())


def tell_together(tools: Resources, scene_id: int, tables: Frames) -> None:
    """Say that the photos were put beside each other."""
    data = {"duplicates": int(tables["facings"]["duplicate"].sum())}
    with tools.records.light_transaction() as tx:
        scene_events.add(tx, scene_id, scene_events.TOGETHER, data=data, now=now())
