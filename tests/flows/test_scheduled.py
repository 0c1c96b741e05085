"""Scheduled runs: each time once, however many workers there are, and late ones only the last."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prefect.client.schemas import FlowRun

from flows.scheduled import supersedes
from tests.flows.plant import Plant, now, wait_for

AT = now()
ENDED = {"COMPLETED", "CANCELLED", "FAILED", "CRASHED"}


def run_at(time: datetime, number: int) -> FlowRun:
    """A scheduled run with a known id."""
    return FlowRun(id=UUID(int=number), flow_id=uuid4(), expected_start_time=time)


def test_a_later_run_does_the_work_of_one_that_is_late():
    """Of runs that piled up while no worker was there only the last is run."""
    assert supersedes([(AT, UUID(int=1))], run_at(AT - timedelta(days=1), 2))
    assert not supersedes([(AT - timedelta(days=1), UUID(int=2))], run_at(AT, 1))


def test_a_late_run_without_a_successor_is_run():
    """The nightly run of a night without workers is made up for in the morning."""
    late = run_at(AT - timedelta(hours=7), 1)

    assert not supersedes([(late.expected_start_time, late.id)], late)


def test_of_two_runs_for_one_time_every_worker_picks_the_same():
    """Exactly one of the two is superseded."""
    one, two = run_at(AT, 1), run_at(AT, 2)
    both = [(AT, one.id), (AT, two.id)]

    assert [True, False] == [supersedes(both, run) for run in (one, two)]


def plan(plant: Plant, deployment: dict[str, Any], seconds: float) -> None:
    """Have the server plan the runs of the next seconds, as its scheduler would."""
    plant.ask(
        "POST",
        f"/deployments/{deployment['id']}/schedule",
        {
            "start_time": now().isoformat(),
            "end_time": (now() + timedelta(seconds=seconds)).isoformat(),
            "min_runs": 1,
        },
    )


def test_a_schedule_that_is_there_twice_runs_once(plant: Plant):
    """Two workers, two runs for each time: one of them completes, the other is left out."""
    with plant.worker(), plant.worker():
        deployment = plant.ask("GET", "/deployments/name/sweep/warm")
        again = deployment["schedules"][0] | {"slug": "the-same-again"}
        wanted = {name: again[name] for name in ("schedule", "active", "slug")}
        plant.ask("POST", f"/deployments/{deployment['id']}/schedules", [wanted])
        plan(plant, deployment, 40)
        due = now() + timedelta(seconds=32)
        wait_for(lambda: now() > due)
        found = wait_for(lambda: over(plant, deployment, before=due - timedelta(seconds=2)))
        plant.ask("DELETE", f"/deployments/{deployment['id']}/schedules/{added(plant)}")

    times = {run["expected_start_time"] for run in found}
    done = [run["expected_start_time"] for run in found if run["state_type"] == "COMPLETED"]
    assert len(found) >= 4  # two times and both runs of each
    assert sorted(times) == sorted(done)


def added(plant: Plant) -> str:
    """The id of the schedule this test added."""
    schedules = plant.ask("GET", "/deployments/name/sweep/warm")["schedules"]
    return next(one["id"] for one in schedules if one["slug"] == "the-same-again")


def over(plant: Plant, deployment: dict[str, Any], *, before: datetime) -> list[Any] | None:
    """The planned runs that were due until then, when all have ended."""
    times = {"before_": before.isoformat(), "after_": AT.isoformat()}
    wanted = {
        "deployments": {"id": {"any_": [deployment["id"]]}},
        "flow_runs": {"expected_start_time": times},
    }
    found = plant.ask("POST", "/flow_runs/filter", wanted)
    counts = Counter(run["expected_start_time"] for run in found if run["auto_scheduled"])
    twice = [run for run in found if counts[run["expected_start_time"]] > 1]
    return twice if all(run["state_type"] in ENDED for run in twice) else None


def test_a_worker_that_starts_again_leaves_schedules_alone(plant: Plant):
    """The schedule keeps its id, and stays paused when somebody paused it."""
    with plant.worker():
        before = plant.ask("GET", "/deployments/name/cluster-unknown/warm")
        schedule = before["schedules"][0]["id"]
        path = f"/deployments/{before['id']}/schedules/{schedule}"
        plant.ask("PATCH", path, {"active": False})
    with plant.worker():
        after = plant.ask("GET", "/deployments/name/cluster-unknown/warm")
        plant.ask("PATCH", path, {"active": True})

    assert [(schedule, False)] == [(one["id"], one["active"]) for one in after["schedules"]]
