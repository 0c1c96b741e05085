"""One life of a scene in one process: asked for, recognised, reported, delivered, made anew.

The stores, the API, the flows and the models are real. In place of Prefect stands a list, which
dies with the process as a lost nudge does; what must go on is found by the sweep.
"""

import importlib
import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from litestar.testing import TestClient
from PIL import Image

from api import nudge as api_nudge
from api.app import create_app
from bench.chaos import switches
from bench.chaos.clients_log import ACCEPTED, ASKED, REFUSED, ClientsLog
from bench.chaos.invariants import check
from flows import compute_reports, deliver_webhooks, make_report, recognize_scene, resources, sweep
from flows.resources import Resources
from settings import Settings
from storage import failpoints, work
from storage.failpoints import Broken, Failpoint
from tests.inference import tiny

API = "/api/v1.5"
MASTER_KEY = "life-master-key"
REPORT_TYPES = ["FACING_COUNT", "REALOGRAM"]
ROUNDS = 12  # of the sweep, an hour apart, until nothing is open
HOUR = timedelta(hours=1)

Run = Callable[[], None]


def settings(folder: Path, models: Path) -> Settings:
    """A platform in a folder, whose models answer at once."""
    return Settings(
        data=str(folder),
        detector=str(models / "detector"),
        embedder=str(models / "embedder"),
        text_finder="",
        text_reader="",
        master_key=MASTER_KEY,
        prefect_url="http://127.0.0.1:9/api",  # nobody listens: every nudge of the API is lost
        outbound_allow="127.0.0.0/8",
        webhook_timeout_seconds=3,
        worker_threads=1,
        rate_limit=0,
    )


def write_models(folder: Path) -> Path:
    """Write a detector and an embedder of a few operations."""
    tiny.write_folder(folder / "detector", tiny.grid_network(), tiny.detector_card())
    tiny.write_folder(folder / "embedder", tiny.embedder_network(), tiny.embedder_card())
    return folder


def photo(number: int) -> bytes:
    """A JPEG with two products, unlike those of other numbers."""
    pixels = tiny.photo(128, 96, (3, 4, tiny.PRODUCT, 40), (7, 10, tiny.PRODUCT, 20 + number))
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=95)
    return file.getvalue()


def ask(ours: Settings, log: ClientsLog, webhook: str) -> None:
    """Be a client: upload two photos, ask for a scene, have its reports made anew."""
    api_nudge.PAUSE = 0
    with TestClient(create_app(ours), raise_server_exceptions=False) as http:
        key = {"Authorization": f"Token {MASTER_KEY}"}
        token = http.post("/api/auth/v1.0/get_token/", headers=key).json()["token"]
        http.headers["Authorization"] = f"Token {token}"
        files = [{"datafile": ("shelf.jpg", photo(n), "image/jpeg")} for n in range(2)]
        images = [http.post(f"{API}/uploads/", files=one).json().get("id") for one in files]
        log.note(ASKED)
        body = {"images": images, "report_types": REPORT_TYPES, "webhook": webhook}
        reply = http.post(f"{API}/recognize/", json=body)
        if reply.status_code == 201:  # noqa: PLR2004  HTTP: created
            log.note(ACCEPTED, reply.json())
            again = list(reply.json()["reports"].values())[:1]
            http.post(f"{API}/reports/force_update/", json={"reports": again})
        elif reply.status_code < 500:  # noqa: PLR2004  HTTP: the fault of the request
            log.note(REFUSED)


class Worker:
    """Does what the sweep finds, one run after the other, at a time that tests may set."""

    def __init__(self, ours: Settings, ahead: timedelta) -> None:
        self.tools, self.ahead = Resources(ours), ahead
        self._runs: list[Run] = []
        _put(self._now, self._nudge, lambda: self.tools)

    def work(self) -> None:
        """Sweep until nothing is open."""
        for _ in range(ROUNDS):
            self._try(partial(sweep.sweep.fn, grace=0))
            while self._runs:
                self._try(self._runs.pop(0))
            with self.tools.records.reading() as tx:
                if not work.backlog(tx):
                    return
            self.ahead += HOUR

    def _try(self, run: Run) -> None:
        """A run that a seam breaks is a failed run in Prefect, no more."""
        try:
            run()
        except Broken:
            sys.stderr.write("broken\n")

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _nudge(self, flow: str, parameters: dict[str, Any], key: str) -> None:
        flows: dict[str, Any] = {
            "recognize-scene": recognize_scene.recognize_scene.fn,
            "compute-reports": compute_reports.compute_reports.fn,
            "deliver-webhooks": deliver_webhooks.deliver_webhooks.fn,
        }
        if flow in flows:
            self._runs.append(partial(flows[flow], **parameters))


class _Task:
    """A task of Prefect as the plain function it is made of."""

    def __init__(self, task: Any) -> None:
        self._function = task.fn
        self.submit = partial(_Done, self)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._function(*map(_unquoted, arguments), **named)


class _Done:
    """A task that ran when it was submitted."""

    def __init__(self, task: _Task, *arguments: Any, **named: Any) -> None:
        self._answer = task(*arguments, **named)

    def result(self) -> Any:
        return self._answer

    def add_done_callback(self, call: Callable[[Any], None]) -> None:
        call(self)


def _unquoted(argument: Any) -> Any:
    return getattr(argument, "value", argument) if type(argument).__name__ == "quote" else argument


def _put(now: Any, nudge: Any, tools: Any) -> None:
    """Give the flows of this process our clock, our nudge and our resources."""
    tasks = [
        (recognize_scene, ["open_scene", "recognize_photo", "stitch_photos", "write_facts"]),
        (make_report, ["make_report"]),
        (deliver_webhooks, ["deliver_message"]),
    ]
    plain = {name: _Task(getattr(module, name)) for module, names in tasks for name in names}
    ours = {"now": now, "nudge": nudge, "resources": tools, **plain}
    for name in [name for name in sys.modules if name.startswith("flows.")]:
        module = importlib.import_module(name)
        for ours_name in ours.keys() & vars(module).keys():
            if module is not resources and not name.endswith(f".{ours_name}"):
                setattr(module, ours_name, ours[ours_name])


# What a forked process does.


def take_away(defence: str) -> None:
    """Go on without a defence, if one is named."""
    if defence:
        getattr(switches, defence)()


def live(ours: Settings, webhook: str, failpoint: dict[str, Any], off: str = "") -> None:
    """Ask and work, with a failpoint armed.

    Args:
        ours: where.
        webhook: the scene's address.
        failpoint: what a Failpoint is made of.
        off: a defence of `switches` to do without.
    """
    take_away(off)
    with failpoints.armed(Failpoint(**failpoint)):
        ask(ours, ClientsLog(ours.data_dir / "client.log"), webhook)
        Worker(ours, timedelta()).work()


def recover(ours: Settings, ahead: timedelta, off: str = "") -> None:
    """Work as a process that starts after another one died, so much later."""
    take_away(off)
    Worker(ours, ahead).work()


def judge(ours: Settings, answer: Any) -> None:
    """Send the violations through a pipe."""
    tools = Resources(ours)
    seen = ClientsLog(ours.data_dir / "client.log").history()
    answer.send(check(tools.records, tools.objects, seen).violations)
