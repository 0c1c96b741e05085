"""History is done again by a worker, beside live scenes, whoever is killed."""

import pytest

from storage import history, reports
from storage.history import Progress
from storage.reports import READY
from tests.flows.plant import REPORT_TYPES, Plant, wait_for


@pytest.fixture
def old(plant: Plant, photo: int) -> list[int]:
    """Scenes that were recognised, of a display of their own."""
    with plant.worker():
        ids = [plant.accept([photo], display_id=DISPLAY).scene_id for _ in range(3)]
        for scene_id in ids:
            plant.nudge("recognize-scene", scene_id=scene_id)
        for scene_id in ids:
            wait_for(lambda one=scene_id: plant.finished(one))
    return ids


DISPLAY = 4711


def revisions(plant: Plant, scene_ids: list[int]) -> list[tuple[int | None, list[int]]]:
    """Facts revision of each scene, and the revisions of its reports."""
    with plant.records.reading() as tx:
        made = [reports.of_scene(tx, scene_id) for scene_id in scene_ids]
    assert {READY} == {one.status for of_scene in made for one in of_scene}
    facts = [plant.scene(scene_id).facts_revision for scene_id in scene_ids]
    return list(zip(facts, [[one.revision for one in of] for of in made], strict=True))


def open_work(plant: Plant) -> Progress:
    """How far all batches are that are not over."""
    with plant.records.reading() as tx:
        return history.progress(tx, history.open_batches(tx))


def test_a_killed_worker_leaves_history_to_the_next(plant: Plant, photo: int, old: list[int]):
    """Every scene is done again once, a dry run changes nothing, a table says what changed."""
    asked = {"what": "recognition", "display": DISPLAY, "everything": True}
    with plant.worker(FAILPOINT="facts written:2:hang") as killed:
        dry = plant.nudge("reprocess", **asked, dry_run=True)
        assert "COMPLETED" == wait_for(lambda: plant.ended(dry))
        before = revisions(plant, old)
        plant.nudge("reprocess", **asked)
        wait_for(lambda: open_work(plant).over == 1)
        killed.kill()
        killed.wait()
    with plant.worker():
        live = plant.accept([photo]).scene_id
        plant.nudge("recognize-scene", scene_id=live)
        wait_for(lambda: plant.finished(live))
        wait_for(lambda: not open_work(plant).total)
        wait_for(lambda: [t for t in plant.artifacts("table") if REPORT_TYPES[0] in str(t["data"])])

    assert [(1, [1] * 3)] * 3 == before
    assert [(2, [2] * 3)] * 3 == revisions(plant, old)
