"""Runs that a killed worker left: Prefect would show them as running for ever.

Only what Prefect shows is put right here. The work itself is found by the sweep when its lease runs
out.
"""

import os
import socket
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import FlowRun
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
    WorkQueueFilter,
    WorkQueueFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

CLAIM = "Claimed by "  # begins the message of the state PENDING; the worker's name follows
SETTLED = timedelta(seconds=10)  # a state this old is not about to change by itself
_HOST = socket.gethostname()
_UNFINISHED = FlowRunFilterState(
    type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING])
)
PROCESS = f"{_HOST}:{os.getpid()}:{uuid4().hex[:8]}"  # begins the names of this process's workers


async def mark_dead_runs(
    client: PrefectClient, pool: str, queue: str, *, me: str, running: Collection[UUID]
) -> None:
    """Mark as crashed what nobody executes any more.

    Args:
        me: name of the worker that asks.
        running: what it executes.
    """
    runs = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=_UNFINISHED),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
        work_queue_filter=WorkQueueFilter(name=WorkQueueFilterName(any_=[queue])),
    )
    suspects = [run for run in runs if run.id not in running and _is_settled(run)]
    if not suspects:
        return
    workers = await client.read_workers_for_work_pool(pool)
    online = {worker.name for worker in workers if worker.status == "ONLINE"} - {me}
    for run in suspects:
        worker = await _claimed_by(client, run.id)
        if worker and is_dead(worker, online):
            crashed = Crashed(message=f"Nobody executes this any more; claimed by {worker}.")
            await client.set_flow_run_state(run.id, crashed, force=True)


def is_dead(worker: str, online: Collection[str]) -> bool:
    """Whether a worker `host:pid:token:queue` is gone.

    The server counts a worker as online for a minute and a half after its last sign of life; on our
    own host we know at once.
    """
    if worker not in online:
        return True
    host, pid, *_ = worker.split(":")
    elsewhere_or_us = host != _HOST or worker.startswith(PROCESS)
    return not elsewhere_or_us and (int(pid) == os.getpid() or not _is_alive(int(pid)))


def _is_settled(run: FlowRun) -> bool:
    return run.state is not None and run.state.timestamp < datetime.now(UTC) - SETTLED


async def _claimed_by(client: PrefectClient, run_id: UUID) -> str | None:
    states = await client.read_flow_run_states(run_id)
    claims = [state.message or "" for state in states if state.type == StateType.PENDING]
    return claims[-1].removeprefix(CLAIM) if claims and claims[-1].startswith(CLAIM) else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
