"""API processes as shipped, on one data folder of their own; no Prefect, no worker."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

import up
from demo.client import Client

MASTER_KEY = "bench-master-key"
START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """Processes of one API.

    Attributes:
        ports: of 127.0.0.1, one for each process.
        folder: what they store, and `api.log`.
        processes: granian's own, whose children serve.
    """

    ports: tuple[int, ...]
    folder: Path
    processes: tuple[psutil.Process, ...]

    @property
    def url(self) -> str:
        """Of the first process."""
        return f"http://127.0.0.1:{self.ports[0]}"

    def token(self) -> str:
        """Issue a token."""
        client = Client(self.url)
        client.login(MASTER_KEY)
        return client.token

    def serving(self) -> set[int]:
        """Ids of the processes that serve; another set than before means that one was restarted."""
        return {child.pid for process in self.processes for child in process.children(True)}

    def resident(self) -> int:
        """Bytes of memory of all processes together."""
        families = [[process, *process.children(True)] for process in self.processes]
        return sum(one.memory_info().rss for family in families for one in family)

    def cpu_seconds(self) -> float:
        """Seconds of CPU that all processes together took so far."""
        families = [[process, *process.children(True)] for process in self.processes]
        return sum(sum(one.cpu_times()[:2]) for family in families for one in family)

    def log(self) -> str:
        """What the processes wrote."""
        return (self.folder / "api.log").read_text(errors="replace")


@contextmanager
def running(processes: int = 1, folder: Path | None = None, **settings: object) -> Iterator[Server]:
    """Start API processes, `gondola api` each, and stop them; settings as in `Settings`."""
    with tempfile.TemporaryDirectory(prefix="gondola-door-") as own:
        data = folder or Path(own)
        ports = tuple(up.free_port() for _ in range(processes))
        started: list[subprocess.Popen[bytes]] = []
        try:
            for port in ports:  # one after the other: the first makes the tables
                started.append(_start(data, port, settings))
                _wait(port)
            yield Server(ports, data, tuple(psutil.Process(one.pid) for one in started))
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(30)


def _start(data: Path, port: int, settings: dict[str, object]) -> subprocess.Popen[bytes]:
    fields = {"data": data, "port": port, "master_key": MASTER_KEY, **settings}
    ours = {f"GONDOLA_{name.upper()}": str(value) for name, value in fields.items()}
    command = [sys.executable, "-m", "cli", "api"]
    with (data / "api.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  our own command line
            command, env={**os.environ, **ours}, stdout=log, stderr=log
        )


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while not up.answers(f"http://127.0.0.1:{port}/healthz"):
        if time.monotonic() > until:
            raise TimeoutError(f"The API on port {port} does not answer.")
        time.sleep(0.1)
