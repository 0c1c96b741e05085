"""Do what `reprocess` asked for: processes beside this one work, this flow watches and tells.

What is done stays done, whoever is killed; the sweep starts it again as long as anything is due.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows import leaving
from flows.changed import tell_changed
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from storage import history
from storage.history import RECOGNISE_AGAIN, REPORT_AGAIN, Progress
from storage.work import DELIVER_WEBHOOKS

LOOK_SECONDS = 2.0
_ROOT = Path(__file__).parents[1]
_running = Lock()  # one of them at a time in this process; the sweep asks as long as any is due

Process = subprocess.Popen[bytes]


class Died(Exception):
    """A process did not do all there was to do; its log says why. The sweep starts others."""


@flow(name="reprocess-scenes", persist_result=False)
def reprocess_scenes() -> None:
    """Recognise and compute again what waits for it; live scenes go first."""
    if not _running.acquire(blocking=False):
        return
    try:
        tools = resources()
        with tools.records.reading() as tx:
            batches = history.open_batches(tx)
            kinds = history.due_kinds(tx, now=now())
        if kinds:
            _watch(
                tools,
                batches,
                [start_process(kind) for kind in kinds for _ in _several(tools, kind)],
            )
    finally:
        _running.release()


def _several(tools: Resources, kind: str) -> range:
    """Recognition uses every core by itself; computing reports one for each process."""
    return range(1 if kind == RECOGNISE_AGAIN else tools.threads)


def start_process(kind: str, *, log: BinaryIO | None = None, **settings: str) -> Process:
    """Start a process that does history of a kind, and ends when its standard input does.

    Args:
        kind: RECOGNISE_AGAIN or REPORT_AGAIN.
        log: where its log goes; None = where ours goes.
        settings: environment variables besides ours.
    """
    alone = {"POLARS_MAX_THREADS": "1"} if kind == REPORT_AGAIN else {}
    command = [sys.executable, "-m", "flows.history_worker", kind]
    given = {**os.environ, **alone, **settings}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log, env=given, cwd=_ROOT)  # noqa: S603 - our own


def _watch(tools: Resources, batches: Sequence[str], processes: Sequence[Process]) -> None:
    artifact = create_progress_artifact(0.0, "reprocess", description=", ".join(batches))
    assert isinstance(artifact, UUID)  # noqa: S101  it would be a coroutine in async code
    told = Progress(0, 0, 0)
    try:
        while any(process.poll() is None for process in processes):
            if leaving.asked.wait(LOOK_SECONDS):
                return
            told = _tell(tools, artifact, batches, told)
    finally:
        _end(processes)
    _tell(tools, artifact, batches, told)
    tell_changed(tools, batches)
    if died := [process.returncode for process in processes if process.returncode]:
        raise Died(f"{len(died)} of {len(processes)} processes ended with {died[0]}.")


def _tell(tools: Resources, artifact: UUID, batches: Sequence[str], told: Progress) -> Progress:
    """Say how far the batches are, when they got further."""
    with tools.records.reading() as tx:
        found = history.progress(tx, batches)
    if found != told:
        percent = 100.0 * found.over / max(found.total, 1)
        said = f"{found.over} of {found.total} scenes of {', '.join(batches)}"
        update_progress_artifact(artifact, progress=percent, description=said)
        nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{now()}")
    return found


def _end(processes: Sequence[Process]) -> None:
    """Let them hand back what they hold, and go."""
    for process in processes:
        assert process.stdin is not None  # noqa: S101  they were started with one
        process.stdin.close()
    deadline = time.monotonic() + 10
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
