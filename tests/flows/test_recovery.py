"""What a worker that ends leaves behind: nothing lost, nothing done twice."""

import signal
import time
from collections import Counter

from demo.receiver import Receiver
from storage import reports, work
from storage.reports import READY
from storage.tables import messages, report_revisions
from storage.work import RECOGNIZE_SCENE
from tests.flows.plant import REPORT_TYPES, Plant, Worker, now, wait_for
from up import STOP_SECONDS

SLOW = {"FAILPOINT": "photos recognised:1:delay"}  # a scene is long enough to be stopped within
ENDLESS = {"FAILPOINT": "photos recognised:1:hang"}


def start_scene(plant: Plant, photo: int, webhook: str | None = None) -> tuple[int, str]:
    """A scene that recognition has begun with; its id and its run's."""
    scene_id = plant.accept([photo], webhook=webhook).scene_id
    run = plant.nudge("recognize-scene", scene_id=scene_id)
    wait_for(lambda: plant.scene(scene_id).status == "RUNNING")
    return scene_id, run


def rows_of_scene(plant: Plant, scene_id: int) -> tuple[list[str], int, int]:
    """Status of each report, report revisions, messages."""
    with plant.records.reading() as tx:
        made = reports.of_scene(tx, scene_id)
        ours = [report.id for report in made]
        revisions = tx.execute(
            report_revisions.select().where(report_revisions.c.report_id.in_(ours))
        ).all()
        sent = tx.execute(messages.select().where(messages.c.report_id.in_(ours))).all()
    return [report.status for report in made], len(revisions), len(sent)


def test_a_stopped_worker_ends_its_runs_first(plant: Plant, photo: int):
    """SIGTERM in the middle of a scene: the scene is finished, then the process ends with 0."""
    with plant.worker(**SLOW) as worker:
        scene_id, run = start_scene(plant, photo)
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(60)

    assert 0 == code
    assert ("DONE", "COMPLETED") == (plant.scene(scene_id).status, plant.ended(run))


def test_another_worker_finishes_what_a_killed_one_left(
    plant: Plant, photo: int, receiver: Receiver
):
    """SIGKILL in the middle of a scene: every report is READY once, and posted once."""
    with plant.worker(**ENDLESS) as killed:
        scene_id, run = start_scene(plant, photo, receiver.url)
        kill(killed)
        unfinished = plant.scene(scene_id)
    with plant.worker():
        scene = wait_for(lambda: plant.finished(scene_id))
        bodies = [receiver.deliveries.get(timeout=30).body for _ in REPORT_TYPES]
        state = wait_for(lambda: plant.ended(run))

    assert ("RUNNING", None) == (unfinished.status, unfinished.facts_revision)
    assert ("DONE", 1) == (scene.status, scene.facts_revision)
    assert ([READY] * 3, 3, 3) == rows_of_scene(plant, scene_id)
    assert Counter(REPORT_TYPES) == Counter(name for body in bodies for name in body["reports"])
    assert receiver.deliveries.empty()
    assert "CRASHED" == state


def kill(worker: Worker) -> None:
    """End the process at once, as a power cut would."""
    worker.kill()
    worker.wait()


def test_a_stopped_worker_hands_back_what_it_cannot_end(plant: Plant, photo: int):
    """SIGTERM in a scene that takes for ever: the process ends, the scene is free, untried."""
    with plant.worker(**ENDLESS) as worker:
        scene_id, _ = start_scene(plant, photo)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(60)
        seconds = time.monotonic() - began
    with plant.records.reading() as tx:
        free = work.due(tx, now=now(), limit=100, flow=RECOGNIZE_SCENE, subjects=[scene_id])

    assert (0, [0]) == (code, [one.tries for one in free])
    assert seconds < STOP_SECONDS
