"""The warm worker: runs of Prefect deployments, executed inside this process.

A process worker starts Python anew for every run, seconds of imports and model loading per scene.
Here the flow is loaded once, the models stay in memory, and a run starts as soon as the server says
that it is scheduled. Every name of Prefect that is not documented is used in this file only.
"""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import anyio
from prefect.client.schemas import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.context import SyncClientContext
from prefect.events import Event
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventAnyResourceFilter, EventFilter, EventNameFilter
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Cancelled, Pending
from prefect.workers.base import (
    BaseJobConfiguration,
    BaseVariables,
    BaseWorker,
    BaseWorkerResult,
)

from flows import clock, leaving
from flows.dead_workers import CLAIM, PROCESS, mark_dead_runs
from flows.deploy import deploy, load_flow
from flows.gallery import refuse_foreign_gallery
from flows.nudge import nudge
from flows.resources import now, resources
from flows.scheduled import is_superseded
from storage import failpoints, galleries
from telemetry import json_log, traces

POOL = "warm"
WEBHOOK_RUNS = 16  # runs of the webhooks queue at a time; they wait, mostly for slow receivers
HISTORY_RUNS = 2  # of which one works; the other finds that and ends
LOOK_SECONDS = 15.0  # between two looks for runs whose worker died
DRAIN_SECONDS = 20.0  # what a stopping worker gives its runs to end; then it hands them back
_AWAKENING = ["prefect.flow-run.Scheduled", "prefect.flow-run.Late"]
log = logging.getLogger("gondola.worker")


class WarmWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Executes the runs of one work queue, `limit` at a time, each in a thread.

    Several of them in one process keep webhooks and history from standing behind scenes.
    """

    type = "warm"
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables
    _description = "Runs flow runs inside one process in which models stay loaded."

    def __init__(self, queue: str, limit: int) -> None:
        super().__init__(POOL, work_queues=[queue], name=f"{PROCESS}:{queue}", limit=limit)
        self.queue, self.limit = queue, limit
        self.waiting: dict[UUID, None] = {}  # runs heard of, in order
        self.running: set[UUID] = set()
        self.draining = False
        self._threads = ThreadPoolExecutor(limit, thread_name_prefix=queue)
        self._entrypoints: dict[UUID, str] = {}

    async def start(self, *args: Any, **options: Any) -> None:
        """Work until cancelled."""
        async with anyio.create_task_group() as self.tasks:
            self.tasks.start_soon(self._listen)
            self.tasks.start_soon(self._look_after_the_dead)
            await super().start(*args, **options, printer=log.info)

    async def drain(self) -> None:
        """Take no more runs and wait for those that run."""
        self.draining = True
        with anyio.move_on_after(DRAIN_SECONDS):
            while self.running:
                await anyio.sleep(0.05)

    async def run(self, *_: Any, **__: Any) -> BaseWorkerResult:
        """Prefect asks every worker for this; this one claims and executes in `_execute`."""
        raise NotImplementedError

    # How it hears of runs: events at once, asking every few seconds for what no event told.

    async def _listen(self) -> None:
        while True:
            try:
                queue = await self.client.read_work_queue_by_name(self.queue, POOL)
                about = EventAnyResourceFilter(id=[f"prefect.work-queue.{queue.id}"])
                wanted = EventFilter(event=EventNameFilter(name=_AWAKENING), any_resource=about)
                async with get_events_subscriber(filter=wanted) as events:
                    await self.get_and_submit_flow_runs()
                    async for event in events:
                        self._hear(event)
            except Exception as error:  # polling goes on meanwhile
                log.debug("No events: %s", error)
            await anyio.sleep(1)

    def _hear(self, event: Event) -> None:
        self.waiting.setdefault(UUID(event.resource.id.removeprefix("prefect.flow-run.")))
        self._fill()

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Ask the server which runs are due, if we know of none; the base class calls this."""
        if self.waiting:
            return []
        due = await self.client.get_scheduled_flow_runs_for_work_pool(
            POOL, work_queue_names=[self.queue], scheduled_before=datetime.now(UTC)
        )
        self.waiting |= dict.fromkeys(entry.flow_run.id for entry in due)
        self._fill()
        return []

    def _fill(self) -> None:
        while self.waiting and len(self.running) < self.limit and not self.draining:
            run_id = next(iter(self.waiting))
            del self.waiting[run_id]
            if run_id not in self.running:
                self.running.add(run_id)
                self.tasks.start_soon(self._take, run_id)

    # How it executes one.

    async def _take(self, run_id: UUID) -> None:
        try:
            if run := await self._claim(run_id):
                failpoints.hit("run claimed")
                await self._execute(run)
        except Exception:  # not claimed: it is still due; claimed: it will be marked as dead
            log.exception("Run %s could not be executed.", run_id)
        finally:
            self.running.discard(run_id)
            self._fill()

    async def _claim(self, run_id: UUID) -> FlowRun | None:
        """Make the run ours, unless it is not due, needless by now, or somebody else's."""
        run, now = await self.client.read_flow_run(run_id), datetime.now(UTC)
        due = run.next_scheduled_start_time
        if not run.state or not run.state.is_scheduled() or not due or due > now:
            return None
        if run.auto_scheduled and await is_superseded(self.client, run, now=now):
            await self.client.set_flow_run_state(run_id, Cancelled(message="Another is due, too."))
            return None
        reply = await self.client.set_flow_run_state(run_id, Pending(message=CLAIM + self.name))
        run.state = reply.state
        return run if reply.status == SetStateStatus.ACCEPT else None

    async def _execute(self, run: FlowRun) -> None:
        flow = load_flow(await self._entrypoint(run))
        # Without its deployment the engine starts no thread, event loop and websocket that would
        # hear of suspension; it reads the run again from the server, with its deployment.
        alone = run.model_copy(update={"deployment_id": None})
        work = partial(run_flow, flow, flow_run=alone, return_type="state")
        loop = asyncio.get_running_loop()
        with suppress(Abort, Pause):  # the server took the run back
            await loop.run_in_executor(self._threads, copy_context().run, work)

    async def _entrypoint(self, run: FlowRun) -> str:
        assert run.deployment_id, "a work pool has runs of deployments only"  # noqa: S101
        if run.deployment_id not in self._entrypoints:
            deployment = await self.client.read_deployment(run.deployment_id)
            self._entrypoints[run.deployment_id] = deployment.entrypoint or ""
        return self._entrypoints[run.deployment_id]

    async def _look_after_the_dead(self) -> None:
        while True:
            await anyio.sleep(LOOK_SECONDS)
            with suppress(Exception):  # next time
                await mark_dead_runs(
                    self.client, POOL, self.queue, me=self.name, running=self.running
                )


async def serve(scenes: int) -> None:
    """Work until SIGTERM or SIGINT, then let the runs end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    # Prefect's own heartbeat is a thread per run that is joined at its end: a second per run.
    # One client serves all runs.
    with (
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
        SyncClientContext.get_or_create(),
    ):
        await deploy()
        async with anyio.create_task_group() as tasks:
            limits = {"scenes": scenes, "webhooks": WEBHOOK_RUNS, "history": HISTORY_RUNS}
            workers = [WarmWorker(queue, limit) for queue, limit in limits.items()]
            for worker in workers:
                tasks.start_soon(worker.start)
            # What waited for a worker starts now; and Prefect's engine has run once before a scene.
            tasks.start_soon(
                anyio.to_thread.run_sync, nudge, "sweep", {"grace": 0}, f"sweep-{PROCESS}"
            )
            tasks.start_soon(clock.end_when_set_back, stop)
            await stop.wait()
            leaving.asked.set()
            await asyncio.gather(*(worker.drain() for worker in workers))
            if any(worker.running for worker in workers):
                await anyio.to_thread.run_sync(leaving.leave, resources())
            tasks.cancel_scope.cancel()


def main() -> None:
    """Load the models and work; needs `flows.server.client_environment` in the environment."""
    json_log.start()
    ours = resources()
    if ours.settings.traces:
        traces.start(ours.settings.traces, "gondola-worker")
    refuse_foreign_gallery(ours.records, ours.embedder_key)
    ours.warm_up()
    with ours.records.transaction() as tx:
        galleries.use(tx, ours.embedder_key, now=now())
    asyncio.run(serve(ours.settings.worker_scenes))
    traces.stop()


if __name__ == "__main__":
    main()
