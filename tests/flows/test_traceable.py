"""A request is found again in every log and trace, from its arrival to the last webhook.

`TRACED_SCENES=50 pytest -s tests/flows/test_traceable.py`, which is `python -m bench.door traces`,
follows fifty.
"""

import io
import json
import logging
import os
import random
import string
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from api.app import create_app
from demo.receiver import Receiver
from storage import tokens, work
from storage.records import Records
from telemetry import traces
from telemetry.json_log import JsonLines
from tests.flows.plant import Plant, Worker, now, wait_for
from tests.telemetry.test_traces import Collector

SEED = 1
SCENES = int(os.environ.get("TRACED_SCENES", "5"))
PHOTOS = 3  # of a scene at most
TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM", "OSA"]  # the last: ERROR, there is no list
SPANS = ["POST /api/v1.5/recognize", "recognize-scene", "photo", "facts", "reports", "report"]


@dataclass(frozen=True)
class Asked:
    """A request for a scene, and what it leads to.

    Attributes:
        scene: as the answer names it.
        events: what the logs tell of it, sorted.
        trace: its id.
        spans: names of the spans of this trace, others may be there.
    """

    scene: str
    events: list[str]
    trace: bytes
    spans: set[str]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Takes the traces of the worker."""
    with Collector() as receiving:
        yield receiving


@pytest.fixture(scope="module")
def worker(plant: Plant, collector: Collector) -> Iterator[Worker]:
    """A worker that sends traces."""
    with plant.worker(GONDOLA_TRACES=collector.url) as running:
        yield running


@pytest.fixture
def http(plant: Plant, collector: Collector) -> Iterator[TestClient[Any]]:
    """The API beside the worker, nudging the same Prefect server, traced as well."""
    traces.start(collector.url, "api")
    with plant.records.transaction() as tx:
        token = tokens.issue(tx, now=now(), life=timedelta(hours=1)).token
    with TestClient(create_app(plant.settings)) as client:  # its end stops the traces
        client.headers["Authorization"] = f"Token {token}"
        yield client


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """What the API logs, as its process writes it."""
    log, text = logging.getLogger("gondola.traffic"), io.StringIO()
    handler, level = logging.StreamHandler(text), log.level
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield text
    log.removeHandler(handler)
    log.setLevel(level)


@pytest.fixture
def asked(
    plant: Plant, http: TestClient[Any], receiver: Receiver, photo: int, heard: io.StringIO
) -> dict[str, Asked]:
    """Scenes that are over and their webhooks sent, by the id of the request that made them."""
    r = random.Random(SEED)  # noqa: S311  the same every time
    photos = plant.copies(photo, PHOTOS)
    made = dict(_ask(http, r, n, photos, receiver.url) for n in range(1, SCENES + 1))
    wait_for(lambda: open_work(plant.records) == 0, seconds=100 + 10 * SCENES)
    return made


def _ask(
    http: TestClient[Any], r: random.Random, n: int, photos: list[int], url: str
) -> tuple[str, Asked]:
    """Ask for a scene of any photos and reports, with a webhook or none, and an id or none."""
    types = r.sample(TYPES, r.randint(1, len(TYPES)))
    told = n == 1 or r.random() < 0.7
    body = {"images": r.sample(photos, r.randint(1, PHOTOS)), "report_types": types}
    headers = {"traceparent": f"00-{n:032x}-{1:016x}-01"}
    if r.random() < 0.7:
        letters = string.ascii_letters + string.digits + "-"
        headers["X-Request-ID"] = f"{n}-" + "".join(r.choices(letters, k=r.randint(0, 60)))
    reply = http.post(
        "/api/v1.5/recognize/", json=body | ({"webhook": url} if told else {}), headers=headers
    )
    events = ["request", "scene"] + ["report"] * len(types) + ["message"] * len(types) * told
    spans = {*SPANS, *(["deliver-webhooks"] * told)}
    one = Asked(reply.json()["scene"], sorted(events), n.to_bytes(16), spans)
    return headers.get("X-Request-ID") or reply.headers["X-Request-ID"], one


def open_work(records: Records) -> int:
    """What is still to be done."""
    with records.reading() as tx:
        return work.backlog(tx)


def test_a_request_is_found_again_by_its_id_alone(
    plant: Plant,
    worker: Worker,
    asked: dict[str, Asked],
    collector: Collector,
    heard: io.StringIO,
):
    """Request, scene, every report and every webhook: lines of JSON, and one trace."""
    log = plant.folder / f"flows.worker-{worker.pid}.log"
    lines = [json.loads(line) for line in (heard.getvalue() + log.read_text()).splitlines()]
    told: dict[str, list[str]] = defaultdict(list)
    about: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line["request_id"] in asked:
            told[line["request_id"]].append(line["event"])
            about[line["request_id"]].add(line["scene"])
    found = {
        name
        for name, one in asked.items()
        if one.events == sorted(told[name]) and about[name] == {one.scene}
    }
    print(f"{len(found)} of {SCENES} scenes are found again by the id of their request")

    assert SCENES == len(asked)
    assert found == asked.keys()

    wait_for(lambda: traced_whole(collector, asked) == SCENES, seconds=30)


def traced_whole(collector: Collector, asked: dict[str, Asked]) -> int:
    """How many requests are traced whole."""
    by_trace: dict[bytes, set[str]] = defaultdict(set)
    for span in list(collector.spans):
        by_trace[span.trace_id].add(span.name)
    return sum(by_trace[one.trace] >= one.spans for one in asked.values())
