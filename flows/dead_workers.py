"""What a killed worker left: runs that Prefect would show as running for ever, and leases.

A lease runs out by itself; where the dead process was one of this host, nobody needs to wait.
"""

import os
import socket
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
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

from storage import work
from storage.records import Records

CLAIM = "Claimed by "  # begins the message of the state PENDING; the worker's name follows
SETTLED = timedelta(seconds=10)  # a state this old is not about to change by itself
_UNFINISHED = FlowRunFilterState(
    type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING])
)


def _host() -> str:
    """This host, and which processes we see of it: a container sees its own alone.

    Cloned machines share a name, and every host's first view of processes has the same number; what
    the kernel drew when it started is its own.
    """
    with suppress(OSError):
        seen = "".join(filter(str.isdigit, Path("/proc/self/ns/pid").readlink().name))
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:12]
        return f"{socket.gethostname()}.{seen}.{boot}"
    return socket.gethostname()


HOST = _host()
PROCESS = f"{HOST}:{os.getpid()}:{uuid4().hex[:8]}"  # names this process in leases and workers


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
    return worker not in online or is_gone(worker)


def is_gone(process: str) -> bool:
    """Whether a process `host:pid:token` was one of this host and is no more."""
    host, pid, *_ = process.split(":")
    elsewhere_or_us = host != HOST or process.startswith(PROCESS)
    return not elsewhere_or_us and (int(pid) == os.getpid() or not _is_alive(int(pid)))


def free_leases(records: Records) -> None:
    """Let go what processes of this host held when they died."""
    with records.reading() as tx:
        gone = [owner for owner in work.owners(tx) if is_gone(owner)]
    if gone:
        with records.transaction() as tx:
            work.let_go(tx, gone)


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
