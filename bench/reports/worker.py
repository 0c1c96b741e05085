"""A process that computes reports as a worker does, without Prefect: `compute-reports` alone."""

import subprocess
import sys
import time
from typing import IO

from flows.compute_reports import make_waiting
from flows.resources import Resources
from settings import Settings


class Worker:
    """One such process, waiting until it is told to start."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "bench.reports.worker", settings.data]
        self._process = subprocess.Popen(  # noqa: S603 - our own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def wait_until_warm(self) -> None:
        """Return when everything is imported."""
        _pipe(self._process.stdout).readline()

    def start(self) -> None:
        """Let it make what waits."""
        _pipe(self._process.stdin).write("go\n")
        _pipe(self._process.stdin).flush()

    def finish(self) -> float:
        """Wait until nothing waits any more; CPU seconds it took."""
        seconds = float(_pipe(self._process.stdout).readline())
        self._process.wait()
        return seconds


def _pipe(end: IO[str] | None) -> IO[str]:
    assert end is not None  # noqa: S101 - the process was started with pipes
    return end


def main(data: str) -> None:
    """Say that it is warm, wait, compute, say how long that took."""
    tools = Resources(Settings(data=data))
    print("warm", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    make_waiting(tools)
    print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
