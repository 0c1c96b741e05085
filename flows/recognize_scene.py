"""The story of one scene: its photos become facts, its facts become reports, its reports messages.

It may run any number of times: the lease lets one run work at a time, facts that exist are not
made again, and a report revision ends once.
"""

import logging
from functools import partial
from typing import Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.announce import scene_ended
from flows.holding import held
from flows.inputs import Inputs
from flows.looking import are_several, look_at, note_photos, put_together, stitch, write
from flows.make_report import make_report, set_error
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from flows.scene_facts import Frames, Seen
from flows.tell import tell_photo, tell_together
from flows.timings import Timings, add_photo_times, timed
from inference.gallery import Gallery
from storage import doubts, failpoints, reports, scenes
from storage.scenes import Scene, ScenePhoto
from storage.work import DELIVER_WEBHOOKS, RECOGNIZE_SCENE
from telemetry import json_log

log = logging.getLogger("gondola.flows")

PHOTOS_AT_ONCE = 4


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
            tables = put_together(tools, seen)
            if are_several(seen):
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
    seen = look_at(tools, photo, gallery, one_of_several=one_of_several)
    tell_photo(tools, scene_id, seen)
    return seen


@task(cache_policy=NO_CACHE, persist_result=False)
def stitch_photos(scene: Scene, tables: Frames, seen: list[Seen]) -> Frames:
    """Find what the photos share, and draw the panorama."""
    tools = resources()
    together = stitch(tools, scene, tables, seen)
    tell_together(tools, scene.id, together)
    return together


@task(cache_policy=NO_CACHE, persist_result=False)
def write_facts(scene: Scene, seen: list[Seen], tables: Frames, gallery_version: int) -> None:
    """Write one facts revision of the scene, then point the scene at it and note its doubts."""
    tools = resources()
    wrote = write(tools, scene, seen, tables, revision=1, gallery_version=gallery_version)
    with tools.records.transaction() as tx:
        note_photos(tx, scene, seen)
        scenes.set_facts(
            tx,
            scene.id,
            revision=wrote.revision,
            day=wrote.day,
            now=now(),
            recognised_with=wrote.recognised_with,
        )
        doubts.replace(tx, scene.id, wrote.revision, wrote.doubts, now=now())
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
