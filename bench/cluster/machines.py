"""Processes as on several machines: they share PostgreSQL, S3 and Prefect, and no folder.

The servers are those of the tests: a real PostgreSQL, and OpenStack Swift speaking S3. Prefect has
PostgreSQL, too, where the one found brings `pg_trgm`, else its SQLite.
"""

import os
import signal
import time
from pathlib import Path
from typing import Self

import msgspec
import urllib3

import up
from demo.client import Client
from settings import Settings
from tests.storage.postgres_server import PostgresServer
from tests.storage.swift_server import SwiftServer

MASTER_KEY = "cluster-master-key"
LEASE_SECONDS = 10


class Cluster:
    """PostgreSQL, S3, a Prefect server, and as many APIs and workers as were asked for.

    Every process has a data folder of its own, as it would on a machine of its own.

    Attributes:
        settings: of the machine that runs Prefect.
        apis, workers: the processes, by the order of their start.
        urls: where the APIs listen, in the same order.
    """

    def __init__(self, folder: Path, *, apis: int, workers: int, **chosen: object) -> None:
        self.folder = folder
        self._postgres, self._swift = PostgresServer(contrib=True), SwiftServer(folder)
        self._counts = {"api": apis, "worker": workers}
        self._chosen = chosen
        self.apis: list[up.Part] = []
        self.workers: list[up.Part] = []
        self.urls: list[str] = []

    def __enter__(self) -> Self:
        """Start everything and wait until it answers."""
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, the servers last; nothing is left."""
        for parts in ([*self.apis, *self.workers], [self._prefect] if self.urls else []):
            for part in parts:
                part.ask_to_end()
            for part in parts:
                part.wait_for_end()
        self._swift.stop()
        self._postgres.stop()

    def _start(self) -> None:
        self._postgres.start()
        self._swift.start()
        trigrams = self._postgres.has_extension("pg_trgm")  # Prefect's first migration wants it
        prefect = self._postgres.create("prefect").replace("psycopg", "asyncpg") if trigrams else ""
        self.settings = Settings(
            data=str(self.folder / "prefect"),
            records=self._postgres.create("gondola"),
            objects=self._swift.url("gondola"),
            prefect_port=up.free_port(),
            prefect_database=prefect,
            master_key=MASTER_KEY,
            lease_seconds=LEASE_SECONDS,
            outbound_allow="127.0.0.0/8",
            **self._chosen,  # type: ignore[arg-type]  names of settings
        )
        up.ensure_master_key(self.settings)
        self._prefect = self._part(self.settings, up.PREFECT)
        self._prefect.start()
        for number in range(self._counts["api"]):
            self.apis.append(self._on_another_machine("api", number))
        self._wait([self._prefect, *self.apis])
        self.add_workers(self._counts["worker"])

    def add_workers(self, count: int) -> None:
        """Start so many more workers, side by side, and wait until Prefect hears of all."""
        new = [self._on_another_machine("worker", len(self.workers) + n) for n in range(count)]
        self.workers += new
        self._wait(new)

    def _on_another_machine(self, name: str, number: int) -> up.Part:
        """Start a process with settings as these, a port and a data folder of its own."""
        alone = msgspec.structs.replace(
            self.settings,
            data=str(self.folder / f"{name}-{number}"),
            port=up.free_port(),
            prefect_url=self.settings.prefect_api_url,
        )
        part = self._part(alone, name)
        if name == "api":
            self.urls.append(alone.api_url)
        else:
            part.ready = lambda: self._hears_of(part)
        part.start()
        return part

    def _part(self, settings: Settings, name: str) -> up.Part:
        (settings.data_dir / "logs").mkdir(parents=True)
        return next(p for p in up.Platform(settings, print).parts if p.name == name)

    def _hears_of(self, worker: up.Part) -> bool:
        """Whether Prefect heard from every queue of a worker."""
        assert worker.process  # noqa: S101  it was started
        url = f"{self.settings.prefect_api_url}/work_pools/warm/workers/filter"
        reply = urllib3.request("POST", url, json={}, retries=False, timeout=5.0)
        names = [one["name"] for one in reply.json()] if reply.status == up.OK else []
        return any(f":{worker.process.pid}:" in name for name in names)

    def _wait(self, parts: list[up.Part]) -> None:
        until = time.monotonic() + up.START_SECONDS
        for part in parts:
            while not part.ready():
                if part.died() or time.monotonic() > until:
                    raise up.StartFailed(f"{part.name}: {part.last_words()} (log: {part.log})")
                time.sleep(0.1)

    def client(self, number: int = 0) -> Client:
        """A client of one of the APIs, with a token of its own."""
        made = Client(self.urls[number])
        made.login(MASTER_KEY)
        return made


def kill(part: up.Part) -> None:
    """SIGKILL, to the process and its children."""
    assert part.process  # noqa: S101  it was started
    os.killpg(part.process.pid, signal.SIGKILL)
    part.process.wait()
