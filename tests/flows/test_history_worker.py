"""Processes that do history again end with whoever started them, and say how."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.resources import Resources
from storage import scenes
from storage.history import REPORT_AGAIN
from storage.scenes import NewScene
from tests.flows.plant import now, wait_for
from tests.storage.rows import upload

pytestmark = pytest.mark.usefixtures("gondola")
ROOT = Path(__file__).parents[2]

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(tools: Resources) -> Start:
    """Starts a process as `reprocess-scenes` does."""
    ours = {"GONDOLA_DATA": tools.settings.data, "GONDOLA_EMBEDDER": tools.settings.embedder}
    command = [sys.executable, "-m", "flows.history_worker", REPORT_AGAIN]
    environment, pipe = {**os.environ, **ours}, subprocess.PIPE
    return lambda: subprocess.Popen(command, stdin=pipe, cwd=ROOT, env=environment)


def ignores_sigterm(process: subprocess.Popen[bytes]) -> bool:
    """Whether it is so far."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    ignored = next(line for line in lines if line.startswith("SigIgn"))
    return bool(int(ignored.split()[1], 16) & 1 << (signal.SIGTERM - 1))


def test_a_process_with_nothing_to_do_ends_well(start: Start):
    """Although it still listens for the end of who started it."""
    with start() as process:
        assert 0 == process.wait(60)


def test_a_process_ends_with_who_started_it_and_not_before(tools: Resources, start: Start):
    """A service manager that tells every process to stop makes no try of work fail."""
    with tools.records.transaction() as tx:
        scenes.accept(tx, NewScene([upload(tx).id], []), now=now())  # live: history waits
    with start() as process:
        wait_for(lambda: ignores_sigterm(process), seconds=60)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        going_on = process.poll() is None

    assert (True, 0) == (going_on, process.returncode)
