"""Runs are ordinary Prefect deployment runs, executed inside the worker's own process."""

import time
from collections.abc import Iterator

import pytest
import yaml

from flows.dead_workers import HOST
from flows.deploy import PREFECT_YAML
from storage import work
from storage.tables import work as work_table
from tests.flows.plant import Plant, Worker, wait_for


def owner_of(plant: Plant, scene_id: int) -> str | None:
    """Who did the recognition of the scene, as noted from inside the flow."""
    with plant.records.reading() as tx:
        wanted = work_table.select().filter_by(flow=work.RECOGNIZE_SCENE, subject_id=scene_id)
        return tx.execute(wanted).mappings().one()["owner"]


def test_runs_execute_in_the_worker_process(plant: Plant, worker: Worker, photo: int):
    """Two runs, started through the API, are done by the process of the worker itself."""
    accepted = [plant.accept([photo]).scene_id for _ in range(2)]
    runs = [plant.nudge("recognize-scene", scene_id=scene_id) for scene_id in accepted]

    assert ["COMPLETED"] * 2 == [wait_for(lambda r=run: plant.ended(r)) for run in runs]
    owners = {owner_of(plant, scene_id) or "" for scene_id in accepted}
    assert [(HOST, str(worker.pid))] == [tuple(owner.split(":")[:2]) for owner in owners]


@pytest.fixture(scope="module")
def worker(plant: Plant) -> Iterator[Worker]:
    """A worker that asks which runs are due every ten minutes only."""
    with plant.worker(PREFECT_WORKER_QUERY_SECONDS="600") as running:
        yield running


@pytest.mark.usefixtures("worker")
def test_an_event_wakes_the_worker(plant: Plant):
    """A run starts long before the worker asks."""
    began = time.monotonic()
    run = plant.nudge("sweep")

    assert "COMPLETED" == wait_for(lambda: plant.ended(run), seconds=60)
    assert time.monotonic() - began < 60


def test_a_run_is_one_scene_in_the_ui(plant: Plant, worker: Worker, photo: int):
    """The run belongs to its deployment, has the scene in its name and its tasks below it."""
    scene_id = plant.accept([photo]).scene_id
    run_id = plant.nudge("recognize-scene", scene_id=scene_id)
    wait_for(lambda: plant.ended(run_id))
    run = plant.run(run_id)
    tasks = wait_for(lambda: finished_tasks(plant, run_id, 6))

    assert f"scene-{scene_id}" == run["name"]
    assert plant.ask("GET", "/deployments/name/recognize-scene/warm")["id"] == run["deployment_id"]
    assert {"COMPLETED"} == {task["state_type"] for task in tasks}
    assert worker.poll() is None


def finished_tasks(plant: Plant, run_id: str, count: int) -> list[dict[str, str]] | None:
    """The tasks of a run, when the server, which writes them in batches, has so many."""
    body = {"flow_runs": {"id": {"any_": [run_id]}}}
    tasks = plant.ask("POST", "/task_runs/filter", body)
    done = [task for task in tasks if task["state_type"] == "COMPLETED"]
    return done if len(done) == count else None


@pytest.mark.usefixtures("worker")
def test_every_start_registers_the_same_deployments(plant: Plant):
    """Workers that start again leave one deployment per flow, and its schedule if it has one."""
    deployments = plant.ask("POST", "/deployments/filter", {})
    scheduled = sorted(d["entrypoint"] for d in deployments for _ in d["schedules"])
    listed = yaml.safe_load(PREFECT_YAML.read_text())["deployments"]

    assert {d["entrypoint"] for d in listed} == {d["entrypoint"] for d in deployments}
    assert len(listed) == len(deployments)
    assert sorted(d["entrypoint"] for d in listed if "schedules" in d) == scheduled
