"""A real API process for the client; tests do what a worker does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import up
from gondola.client import Client
from storage import reports, scene_events, scenes, tokens
from storage.records import Records
from storage.report_bodies import Body
from tests.api.conftest import MASTER_KEY
from tests.storage.rows import LINEAGE

BODIES = {"FACING_COUNT": b'[{"sku_id":7,"count":3}]'}
PAUSE = 0.2  # seconds between the steps of the worker


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass
class Server:
    """A running API and its records."""

    url: str
    token: str
    records: Records

    def recognise(self, scene: str) -> None:
        """Do what a worker does with a scene; report types without a body here are ERROR."""
        with self.records.reading() as tx:
            scene_id = scenes.by_scene(tx, scene).id
            images = [photo.image.id for photo in scenes.photos(tx, scene_id)]
            made = reports.of_scene(tx, scene_id)
        with self.records.transaction() as tx:
            scenes.start(tx, scene_id, detector="d", embedder="e", flow_run_id="r", now=now())
        for image_id in images:
            time.sleep(PAUSE)
            with self.records.transaction() as tx:
                scene_events.add_photo(
                    tx, scene_id, image_id, status="READY", problem=None, now=now()
                )
        with self.records.transaction() as tx:
            for one in made:
                self._end(tx, one)
            scenes.finish(tx, scene_id, status="DONE", problem=None, timings={}, now=now())

    def _end(self, tx: Any, report: reports.Report) -> None:
        body = BODIES.get(report.report_type)
        if body is None:
            reports.set_error(tx, report.id, 1, "There is no list.", now=now())
        else:
            kept = Body(body, None, sha256(body).hexdigest())
            reports.set_ready(tx, report.id, 1, kept, lineage=LINEAGE, now=now())

    @contextmanager
    def working(self) -> Iterator[None]:
        """Recognise every scene that waits, in the background, until the block ends."""
        over = threading.Event()

        def work() -> None:
            while not over.wait(0.05):
                with self.records.reading() as tx:
                    waiting = [s.scene for s in scenes.recent(tx, 99) if not s.finished_at]
                for scene in waiting:
                    self.recognise(scene)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@contextmanager
def start(folder: Path) -> Iterator[Server]:
    """Start an API process, as operators do; no Prefect answers, which it bears."""
    port = up.free_port()
    ours = {
        "GONDOLA_DATA": str(folder),
        "GONDOLA_PORT": str(port),
        "GONDOLA_PREFECT_PORT": str(up.free_port()),
        "GONDOLA_MASTER_KEY": MASTER_KEY,
        "GONDOLA_RATE_LIMIT": "0",
        "GONDOLA_OUTBOUND_ALLOW": "127.0.0.0/8",
    }
    command = [sys.executable, "-c", "from cli import main; main()", "api"]
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | ours, cwd=Path(__file__).parents[2], stdout=log, stderr=log
        )
        try:
            _wait(port, folder / "api.log")
            records = Records(f"sqlite:///{folder / 'records.db'}")
            with records.transaction() as tx:
                token = tokens.issue(tx, now=now(), life=timedelta(days=1)).token
            yield Server(f"http://127.0.0.1:{port}", token, records)
            records.close()
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, log: Path) -> None:
    for _ in range(600):
        if up.taken("127.0.0.1", port):
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An API process that the tests share."""
    with start(tmp_path_factory.mktemp("client")) as running:
        yield running


@pytest.fixture
def gondola(server: Server) -> Iterator[Client]:
    """A plain client."""
    with Client(server.url, server.token) as client:
        yield client
