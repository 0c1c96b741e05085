"""From the photos of a scene to its facts, step by step; who takes the steps decides when."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from flows.beside import near_in_order, put_beside
from flows.doubts import find_doubts
from flows.resources import Resources
from flows.scene_facts import Frames, Seen, join
from inference.errors import UnreadablePhoto
from inference.gallery import Gallery
from storage import crops, facts, failpoints, images, reports, scenes
from storage.doubts import Doubt
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.records import Transaction
from storage.scenes import Scene, ScenePhoto
from telemetry import traces

UNREADABLE = (UnreadablePhoto, ObjectMissing, ObjectCorrupt)


@dataclass(frozen=True)
class Written:
    """One facts revision that is stored, and what the records have to say of it."""

    revision: int
    day: date
    doubts: list[Doubt]
    recognised_with: dict[str, Any]


def look_at(tools: Resources, photo: ScenePhoto, gallery: Gallery, *, one_of_several: bool) -> Seen:
    """Recognise one photo; what cannot be read is a problem of that photo alone."""
    try:
        with traces.span("photo", image=photo.image.id):
            return _look_at(tools, photo, gallery, one_of_several=one_of_several)
    except UNREADABLE as error:
        return Seen(photo, None, problem=str(error))


def _look_at(
    tools: Resources, photo: ScenePhoto, gallery: Gallery, *, one_of_several: bool
) -> Seen:
    began = time.perf_counter()
    jpeg = images.read_photo(tools.objects, photo.image)
    fetched = (time.perf_counter() - began) * 1000
    failpoints.hit("photo read")
    result = tools.recogniser.photo(jpeg, gallery, one_of_several=one_of_several)
    failpoints.hit("photo recognised")
    return Seen(photo, result, fetch_milliseconds=fetched)


def put_together(tools: Resources, seen: Sequence[Seen]) -> Frames:
    """The facts of the photos under each other, as tables."""
    models = tools.recogniser
    return join(
        seen,
        detector=models.detector_name,
        embedder=models.embedder_name,
        embedder_key=models.embedder_key,
    )


def are_several(seen: Sequence[Seen]) -> bool:
    """Whether there is something to lay beside each other."""
    return sum(one.result is not None for one in seen) > 1


def stitch(tools: Resources, scene: Scene, tables: Frames, seen: Sequence[Seen]) -> Frames:
    """Find what the photos share, and draw the panorama."""
    photos = {one.photo.image.id: one.photo.image for one in seen}
    points = {
        one.photo.image.id: one.result.keypoints
        for one in seen
        if one.result and one.result.keypoints
    }

    def read(image_id: int) -> bytes:
        return images.read_photo(tools.objects, photos[image_id])

    return put_beside(tables, tools.objects, points, read, near_in_order(scene))


def write(  # noqa: PLR0913 (keyword-only)
    tools: Resources,
    scene: Scene,
    seen: Sequence[Seen],
    tables: Frames,
    *,
    revision: int,
    gallery_version: int,
) -> Written:
    """Store one facts revision and the pictures of its doubts; nothing names them yet."""
    day, doubted = scene.created_at.date(), find_doubts(seen)
    wrote = facts.write(tools.objects, day=day, scene=scene.scene, revision=revision, tables=tables)
    crops.write(tools.objects, day=day, scene=scene.scene, revision=revision, jpegs=doubted.crops)
    failpoints.hit("facts written")
    thresholds = msgspec.to_builtins(tools.recogniser.thresholds)
    with_ = {"gallery": gallery_version, "thresholds": thresholds, "facts": wrote}
    return Written(revision, day, doubted.doubts, with_)


def note_photos(tx: Transaction, scene: Scene, seen: Sequence[Seen]) -> None:
    """Note how each photo went."""
    for one in seen:
        scenes.set_photo(
            tx,
            scene.id,
            one.photo.image.id,
            status=reports.READY if one.result else reports.ERROR,
            problem=one.problem,
            quality=one.quality,
        )
