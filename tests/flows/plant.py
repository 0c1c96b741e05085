"""A small real plant for flow tests: a Prefect server, workers, records and objects of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import urllib3

from flows import server
from settings import Settings
from storage import images, migrate, scenes
from storage.objects import open_objects
from storage.records import Records
from storage.scenes import Accepted, NewScene, Scene
from tests.inference import tiny
from up import free_port

ROOT = Path(__file__).parents[2]
SHELVES = ROOT / "tests/data/shelves"
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
WAIT_SECONDS = 150.0

Answer = TypeVar("Answer")
Worker = subprocess.Popen[bytes]


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def wait_for(what: Callable[[], Answer], *, seconds: float = WAIT_SECONDS) -> Answer:
    """Ask until the answer is true; fail when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
    return answer


class Plant:
    """Everything but the API; tests accept scenes and nudge themselves."""

    def __init__(self, folder: Path) -> None:
        detector = tiny.write_folder(folder / "d", tiny.grid_network(), tiny.detector_card())
        embedder = tiny.write_folder(folder / "e", tiny.embedder_network(), tiny.embedder_card())
        self.folder = folder
        self.settings = Settings(
            data=str(folder / "data"),
            prefect_port=free_port(),
            detector=str(detector),
            embedder=str(embedder),
            lease_seconds=3,
            webhook_timeout_seconds=3,
            outbound_allow="127.0.0.0/8",
        )
        migrate.upgrade(self.settings.records_url)
        self.records = Records(self.settings.records_url)
        self.objects = open_objects(self.settings.objects_url)

    @contextmanager
    def server(self) -> Generator[None]:
        """Run the Prefect server."""
        ours = server.server_environment(self.settings)
        with self._process("flows.server", "--host", "127.0.0.1", **ours):
            wait_for(lambda: self._answers("/health"))
            yield

    @contextmanager
    def worker(self, **environment: str) -> Generator[Worker]:
        """Run a worker until the block ends, if nobody killed it before."""
        with self._process("flows.worker", **environment) as worker:
            log = self.folder / f"flows.worker-{worker.pid}.log"
            wait_for(lambda: log.read_text().count("started!") == 3)
            yield worker

    @contextmanager
    def _process(self, module: str, *arguments: str, **extra: str) -> Generator[Worker]:
        log = self.folder / "starting.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env={**os.environ, **self._environment(), **extra},
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )
        log.rename(self.folder / f"{module}-{process.pid}.log")
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def _environment(self) -> dict[str, str]:
        fields = msgspec.structs.asdict(self.settings)
        ours = {f"GONDOLA_{name.upper()}": str(value) for name, value in fields.items()}
        return {**ours, **server.client_environment(self.settings), "PYTHONUNBUFFERED": "1"}

    def upload(self, content: bytes, width: int = 10, height: int = 10) -> int:
        """Store a photo as the API would after its checks; its size is what it is said to be."""
        digest = sha256(content).hexdigest()
        self.objects.put(images.image_key(digest), content)
        with self.records.transaction() as tx:
            size = {"width": width, "height": height, "size_bytes": len(content)}
            return images.add(tx, sha256=digest, **size, now=now()).id

    def copies(self, image_id: int, count: int) -> list[int]:
        """The same photo again, under ids of its own."""
        with self.records.transaction() as tx:
            photo = images.get(tx, image_id)
            size = {"width": photo.width, "height": photo.height, "size_bytes": photo.size_bytes}
            return [images.add(tx, sha256=photo.sha256, **size, now=now()).id for _ in range(count)]

    def accept(self, image_ids: list[int], **fields: Any) -> Accepted:
        """Accept a scene with all reports, and nudge nobody."""
        new = NewScene(image_ids, fields.pop("report_types", REPORT_TYPES), **fields)
        with self.records.transaction() as tx:
            return scenes.accept(tx, new, now=now())

    def scene(self, scene_id: int) -> Scene:
        """Read a scene."""
        with self.records.reading() as tx:
            return scenes.get(tx, scene_id)

    def finished(self, scene_id: int) -> Scene | None:
        """The scene when it is over, else None."""
        scene = self.scene(scene_id)
        return scene if scene.finished_at else None

    def nudge(self, flow: str, key: str | None = None, **parameters: int | str | list[int]) -> str:
        """Start a run of a deployment; returns its id."""
        deployment = self.ask("GET", f"/deployments/name/{flow}/warm")["id"]
        body = {"parameters": parameters, "idempotency_key": key}
        return self.ask("POST", f"/deployments/{deployment}/create_flow_run", body)["id"]

    def run(self, run_id: str) -> dict[str, Any]:
        """Read a flow run."""
        return self.ask("GET", f"/flow_runs/{run_id}")

    def ended(self, run_id: str) -> str | None:
        """The state a run ended in, None while it has not."""
        run = self.run(run_id)
        return run["state_type"] if run["state_type"] in _TERMINAL else None

    def artifacts(self, kind: str) -> list[dict[str, Any]]:
        """What flows left in Prefect: of kind `table` or `progress`."""
        found = self.ask("POST", "/artifacts/filter", {"artifacts": {"type": {"any_": [kind]}}})
        return list(found)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call Prefect's REST API."""
        url = self.settings.prefect_api_url + path
        reply = urllib3.request(method, url, json=body, timeout=60.0, retries=False)
        assert reply.status < 300, (path, reply.data)
        return reply.json() if reply.data else None

    def _answers(self, path: str) -> bool:
        try:
            self.ask("GET", path)
        except urllib3.exceptions.HTTPError:
            return False
        return True


_TERMINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
