"""Run the whole platform on one machine: Prefect server, API and warm worker as child processes."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec
import urllib3

from flows import server
from settings import PREFIX, Settings
from storage import migrate, tokens
from storage.objects import open_objects
from storage.records import Records

START_SECONDS = 90
STOP_SECONDS = 30
RESTART_SECONDS = 1.0
OK = 200
PREFECT = "prefect"

Say = Callable[[str], None]


class StartFailed(Exception):
    """A part of the platform did not come up; the text says which and where its log is."""


@dataclass
class Part:
    """One child process and how to tell that it is ready."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; its output goes to the log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own command line
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def died(self) -> bool:
        """Whether the process ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """The last line of the log."""
        lines = self.log.read_text(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def ask_to_end(self) -> None:
        """Tell the process to end, once, and do not wait for it."""
        if self.process is not None and not self.died():
            self.process.terminate()

    def wait_for_end(self) -> None:
        """Wait until the process has ended; kill it when it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Platform:
    """Starts the parts together, keeps them running, stops them."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self.settings = settings
        self.say = say
        self.parts = _parts(settings)

    def __enter__(self) -> Self:
        """Start everything and wait until it answers."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.stop()

    def _start(self) -> None:
        _refuse_taken_ports(self.settings)
        (self.settings.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        for part in self.parts:
            part.start()
        for part in self.parts:
            self._wait(part)

    def _wait(self, part: Part) -> None:
        began = time.monotonic()
        while not part.ready():
            if part.died():
                raise StartFailed(
                    f"{part.name} ended while starting: {part.last_words()} (log: {part.log})"
                )
            if time.monotonic() - began > START_SECONDS:
                raise StartFailed(f"{part.name} is not ready; see {part.log}.")
            time.sleep(0.1)
        self.say(f"{part.name} is ready")

    def watch(self) -> None:
        """Restart a part that ended; returns only through an exception (Ctrl-C)."""
        while True:
            time.sleep(RESTART_SECONDS)
            for part in self.parts:
                if part.died():
                    self.say(f"{part.name} ended; starting it again (log: {part.log})")
                    part.start()

    def stop(self) -> None:
        """Stop what runs: API and worker together, then the Prefect server they talk to."""
        ours = [part for part in self.parts if part.name != PREFECT]
        for parts in (ours, [part for part in self.parts if part.name == PREFECT]):
            for part in parts:
                part.ask_to_end()
            for part in parts:
                part.wait_for_end()


def ensure_master_key(settings: Settings) -> str | None:
    """Bring the records up to date; returns the master key when this call made it.

    Raises:
        StorageError: records or objects do not answer.
    """
    open_objects(settings.objects_url).close()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(settings.records_url)
    records = Records(settings.records_url)
    try:
        with records.transaction() as tx:
            if settings.master_key or tokens.has_master_key(tx):
                return None
            key = secrets.token_urlsafe(32)
            return key if tokens.make_master_key(tx, key) else None
    finally:
        records.close()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def environment(settings: Settings) -> dict[str, str]:
    """The environment of the parts: ours, with these settings and the Prefect client's."""
    fields = msgspec.structs.asdict(settings)
    ours = {f"{PREFIX}{name.upper()}": str(value) for name, value in fields.items()}
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**others, **ours, **server.client_environment(settings), "PYTHONUNBUFFERED": "1"}


def _parts(settings: Settings) -> list[Part]:
    logs, ours = settings.data_dir / "logs", environment(settings)
    python, port = [sys.executable, "-m"], str(settings.prefect_port)
    prefect = Part(
        PREFECT,
        [*python, "flows.server", "--host", settings.prefect_host, "--port", port],
        {**ours, **server.server_environment(settings)},
        lambda: answers(f"{settings.prefect_api_url}/health"),
        logs / "prefect.log",
    )
    api = Part(
        "api",
        [*python, "cli", "api"],
        ours,
        lambda: answers(f"http://{settings.host}:{settings.port}/healthz"),
        logs / "api.log",
    )
    worker = Part(
        "worker",
        [*python, "cli", "worker"],
        ours,
        lambda: worker_is_online(settings),
        logs / "worker.log",
    )
    return [*([] if settings.prefect_url else [prefect]), api, worker]


def _refuse_taken_ports(settings: Settings) -> None:
    ports = {"GONDOLA_PORT": (settings.host, settings.port)}
    if not settings.prefect_url:
        ports["GONDOLA_PREFECT_PORT"] = (settings.prefect_host, settings.prefect_port)
    for variable, (host, port) in ports.items():
        if taken(host, port):
            raise StartFailed(f"Port {port} is in use; choose another with {variable}.")


def answers(url: str) -> bool:
    """Whether a GET there is answered with 200."""
    try:
        reply = urllib3.request("GET", url, retries=False, timeout=2.0)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == OK


def wait_for_prefect(settings: Settings) -> None:
    """Wait until the Prefect server answers; StartFailed when it never does."""
    began = time.monotonic()
    while not answers(f"{settings.prefect_api_url}/health"):
        if time.monotonic() - began > START_SECONDS:
            raise StartFailed(f"No Prefect server answers at {settings.prefect_api_url}.")
        time.sleep(0.2)


def worker_is_online(settings: Settings) -> bool:
    """Whether Prefect hears from a worker."""
    url = f"{settings.prefect_api_url}/work_pools/warm/workers/filter"
    try:
        reply = urllib3.request("POST", url, json={}, retries=False, timeout=2.0)
    except urllib3.exceptions.HTTPError:
        return False
    return reply.status == OK and any(w["status"] == "ONLINE" for w in reply.json())
