"""The story of one scene: its photos become facts, its facts become reports, its reports messages.

It may run any number of times: the lease lets one run work at a time, facts that exist are not
made again, and a report revision ends once.
"""

import logging
import time
from functools import partial
from typing import Any, cast

import msgspec
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.announce import scene_ended
from flows.beside import near_in_order, put_beside
from flows.doubts import find_doubts
from flows.holding import held
from flows.inputs import Inputs
from flows.make_report import make_report, set_error
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from flows.scene_facts import Frames, Seen, join
from flows.tell import tell_photo, tell_together
from flows.timings import Timings, add_photo_times, timed
from inference.errors import UnreadablePhoto
from inference.gallery import Gallery
from storage import crops, doubts, facts, failpoints, images, reports, scenes
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.scenes import Scene, ScenePhoto
from storage.work import DELIVER_WEBHOOKS, RECOGNIZE_SCENE
from telemetry import json_log, traces

log = logging.getLogger("gondola.flows")

PHOTOS_AT_ONCE = 4
UNREADABLE = (UnreadablePhoto, ObjectMissing, ObjectCorrupt)


@flow(
    name=RECOGNIZE_SCENE,
    flow_run_name="scene-{scene_id}",
    task_runner=cast(Any, ThreadPoolTaskRunner(max_workers=PHOTOS_AT_ONCE)),  # mistyped by Prefect
    persist_result=False,
    validate_parameters=False,
)
def recognize_scene(scene_id: int) -> None:
    """Recognise a scene and make its reports; does nothing when that is done or under way."""
    tools = resources()
    gone = partial(give_up, tools, scene_id)
    with held(tools, RECOGNIZE_SCENE, scene_id, revision=1, give_up=gone) as work:
        if work is None:
            return
        scene = open_scene(scene_id)
        json_log.note(scene=scene.scene)
        timings = {"queue": (now() - scene.created_at).total_seconds() * 1000}
        if scene.facts_revision is None:
            gallery_version, gallery = tools.versioned_gallery()
            seen = _recognize_photos(tools, scene, gallery)
            add_photo_times(timings, seen)
            failpoints.hit("photos recognised")
            tables = _join(tools, seen)
            if sum(one.result is not None for one in seen) > 1:
                with timed(timings, "stitch"):
                    tables = stitch_photos(scene, _large(tables), _large(seen))
            with timed(timings, "facts"):
                write_facts(scene, _large(seen), _large(tables), gallery_version)
        with timed(timings, "reports"):
            _make_reports(tools, scene_id)
        failpoints.hit("reports made")
        _finish(tools, scene_id, timings)
    failpoints.hit("scene finished")
    deliver(scene_id)


@task(cache_policy=NO_CACHE, persist_result=False)
def open_scene(scene_id: int) -> Scene:
    """Note that recognition runs, with which models, in which flow run."""
    tools = resources()
    recogniser = tools.recogniser
    with tools.records.transaction() as tx:
        scenes.start(
            tx,
            scene_id,
            detector=recogniser.detector_name,
            embedder=recogniser.embedder_name,
            flow_run_id=flow_run.id,
            now=now(),
        )
        scene = scenes.get(tx, scene_id)
    failpoints.hit("scene opened")
    return scene


@task(task_run_name="photo-{photo.image.id}", cache_policy=NO_CACHE, persist_result=False)
def recognize_photo(
    scene_id: int, photo: ScenePhoto, gallery: Gallery, *, one_of_several: bool
) -> Seen:
    """Recognise one photo; one that cannot be read is an ERROR of that photo alone."""
    tools = resources()
    try:
        with traces.span("photo", image=photo.image.id):
            seen = _look_at(tools, photo, gallery, one_of_several=one_of_several)
    except UNREADABLE as error:
        seen = Seen(photo, None, problem=str(error))
    tell_photo(tools, scene_id, seen)
    return seen


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


@task(cache_policy=NO_CACHE, persist_result=False)
def stitch_photos(scene: Scene, tables: Frames, seen: list[Seen]) -> Frames:
    """Find what the photos share, and draw the panorama."""
    tools = resources()
    photos = {one.photo.image.id: one.photo.image for one in seen}
    points = {
        one.photo.image.id: one.result.keypoints
        for one in seen
        if one.result and one.result.keypoints
    }

    def read(image_id: int) -> bytes:
        return images.read_photo(tools.objects, photos[image_id])

    together = put_beside(tables, tools.objects, points, read, near_in_order(scene))
    tell_together(tools, scene.id, together)
    return together


@task(cache_policy=NO_CACHE, persist_result=False)
def write_facts(scene: Scene, seen: list[Seen], tables: Frames, gallery_version: int) -> None:
    """Write one facts revision of the scene, then point the scene at it and note its doubts."""
    tools = resources()
    models = tools.recogniser
    day, revision = scene.created_at.date(), 1
    doubted = find_doubts(seen)
    thresholds = msgspec.to_builtins(models.thresholds)
    wrote = facts.write(tools.objects, day=day, scene=scene.scene, revision=revision, tables=tables)
    recognised_with = {"gallery": gallery_version, "thresholds": thresholds, "facts": wrote}
    crops.write(tools.objects, day=day, scene=scene.scene, revision=revision, jpegs=doubted.crops)
    failpoints.hit("facts written")
    with tools.records.transaction() as tx:
        for one in seen:
            scenes.set_photo(
                tx,
                scene.id,
                one.photo.image.id,
                status=reports.READY if one.result else reports.ERROR,
                problem=one.problem,
                quality=one.quality,
            )
        scenes.set_facts(
            tx, scene.id, revision=revision, day=day, now=now(), recognised_with=recognised_with
        )
        doubts.replace(tx, scene.id, revision, doubted.doubts, now=now())
    failpoints.hit("facts recorded")


def deliver(scene_id: int) -> None:
    """Ask for the scene's webhooks to be sent now."""
    nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{scene_id}-{now()}")


def _photos(tools: Resources, scene_id: int) -> list[ScenePhoto]:
    with tools.records.reading() as tx:
        return scenes.photos(tx, scene_id)


def _recognize_photos(tools: Resources, scene: Scene, gallery: Gallery) -> list[Seen]:
    """Recognise the photos side by side, all against the same gallery."""
    photos = _photos(tools, scene.id)
    several = len(photos) > 1
    under_way = [
        recognize_photo.submit(scene.id, photo, gallery, one_of_several=several) for photo in photos
    ]
    return [photo.result() for photo in under_way]


def _join(tools: Resources, seen: list[Seen]) -> Frames:
    models = tools.recogniser
    return join(
        seen,
        detector=models.detector_name,
        embedder=models.embedder_name,
        embedder_key=models.embedder_key,
    )


def _large(argument: Any) -> Any:
    """An argument of a task that Prefect need not look into; unquoted before the call."""
    return cast(Any, quote(argument))


def _make_reports(tools: Resources, scene_id: int) -> None:
    with tools.records.reading() as tx:
        waiting = [r for r in reports.of_scene(tx, scene_id) if r.status == reports.NOT_READY]
        inputs = Inputs(tools, scenes.get(tx, scene_id))
    for report in waiting:
        make_report(report, inputs)


def _finish(tools: Resources, scene_id: int, timings: Timings) -> None:
    broken = all(photo.status == reports.ERROR for photo in _photos(tools, scene_id))
    problem = "No photo could be read." if broken else None
    status = scenes.ERROR if broken else scenes.DONE
    with tools.records.transaction() as tx:
        scenes.finish(tx, scene_id, status=status, problem=problem, timings=timings, now=now())
        scene_ended(tx, scenes.get(tx, scene_id), now=now())
    rounded = {stage: round(milliseconds, 1) for stage, milliseconds in timings.items()}
    log.info("scene", extra={"status": status, "problem": problem, "timings": rounded})


def give_up(tools: Resources, scene_id: int, problem: str) -> None:
    """After the last try: the scene and every report that waits for it are ERROR."""
    _end_waiting(tools, scene_id, problem)
    with tools.records.transaction() as tx:
        scenes.finish(tx, scene_id, status=scenes.ERROR, problem=problem, timings={}, now=now())
        scene_ended(tx, scenes.get(tx, scene_id), now=now())
    _end_waiting(tools, scene_id, problem)  # what was asked for anew while recognition went on
    deliver(scene_id)


def _end_waiting(tools: Resources, scene_id: int, problem: str) -> None:
    with tools.records.reading() as tx:
        waiting = [r for r in reports.of_scene(tx, scene_id) if r.status == reports.NOT_READY]
    for report in waiting:
        set_error(tools, report, problem)
