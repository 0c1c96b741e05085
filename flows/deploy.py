"""Register what prefect.yaml lists with the Prefect server, as often as you like.

A worker does it when it starts; `python -m flows.deploy` does it alone.
"""

import asyncio
import hashlib
import importlib
import json
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.flows import Flow
from prefect.utilities.callables import parameter_schema

PREFECT_YAML = Path(__file__).parents[1] / "prefect.yaml"
# The worker takes no variables; the server checks every run against this, so it is small.
_TEMPLATE = {"job_configuration": {"name": None}, "variables": {"type": "object"}}


@cache
def load_flow(entrypoint: str) -> Flow[..., Any]:
    """Import the flow of an entrypoint `flows/sweep.py:sweep`, once."""
    path, _, name = entrypoint.partition(":")
    return getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)


async def deploy(*, anew: bool = False) -> None:
    """Make the work pool, its queues and the deployments, or bring them up to date.

    Args:
        anew: also what is up to date, so that the runs of schedules are planned anew.
    """
    deployments = yaml.safe_load(PREFECT_YAML.read_text())["deployments"]
    pools = {(d["work_pool"]["name"], d["work_pool"]["work_queue_name"]) for d in deployments}
    async with get_client() as client:
        for pool in {name for name, _ in pools}:
            made = WorkPoolCreate(name=pool, type="warm", base_job_template=_TEMPLATE)
            await client.create_work_pool(made, overwrite=True)
        for pool, queue in sorted(pools):
            await _ensure_queue(client, pool, queue)
        for deployment in deployments:
            await _register(client, deployment, anew=anew)


async def _ensure_queue(client: PrefectClient, pool: str, queue: str) -> None:
    with suppress(ObjectAlreadyExists):
        await client.create_work_queue(queue, work_pool_name=pool)


async def _register(client: PrefectClient, deployment: dict[str, Any], *, anew: bool) -> None:
    """Register a deployment, unless it is registered just so.

    The server replaces one of the same flow and name, and makes its schedules and the runs they
    planned anew: a worker that starts again must not disturb those, nor a schedule paused by hand.
    """
    flow = load_flow(deployment["entrypoint"])
    schema = parameter_schema(flow).model_dump_for_openapi()
    told = json.dumps([deployment, schema], sort_keys=True, default=str)
    version = hashlib.sha256(told.encode()).hexdigest()[:12]
    with suppress(ObjectNotFound):
        known = await client.read_deployment_by_name(f"{flow.name}/{deployment['name']}")
        if known.version == version and not anew:
            return
    await client.create_deployment(
        await client.create_flow_from_name(flow.name),
        deployment["name"],
        version=version,
        description=deployment["description"],
        entrypoint=deployment["entrypoint"],
        work_pool_name=deployment["work_pool"]["name"],
        work_queue_name=deployment["work_pool"]["work_queue_name"],
        schedules=[_schedule(schedule) for schedule in deployment.get("schedules", [])],
        parameter_openapi_schema=schema,
        enforce_parameter_schema=False,  # the nudges are ours; the flow itself checks again
    )


def _schedule(schedule: dict[str, Any]) -> DeploymentScheduleCreate:
    """Read `interval`, in seconds, or `cron`, in UTC."""
    when: IntervalSchedule | CronSchedule
    if "cron" in schedule:
        when = CronSchedule(cron=schedule["cron"], timezone="UTC")
    else:
        when = IntervalSchedule(interval=timedelta(seconds=schedule["interval"]))
    return DeploymentScheduleCreate(schedule=when, slug=schedule["slug"])


if __name__ == "__main__":
    asyncio.run(deploy())
