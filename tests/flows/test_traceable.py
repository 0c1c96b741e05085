"""A request is found again in every log and trace, from its arrival to the last webhook."""

import io
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
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

SCENES = 5
TYPES = ["FACING_COUNT", "OSA"]  # the second is an ERROR: there is no list
EVENTS = ["request", "scene", "report", "report", "message", "message"]
SPANS = {
    "POST /api/v1.5/recognize",
    "recognize-scene",
    "photo",
    "facts",
    "reports",
    "report",
    "deliver-webhooks",
}


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
def scenes(
    plant: Plant,
    http: TestClient[Any],
    receiver: Receiver,
    photo: int,
    heard: io.StringIO,
) -> dict[str, str]:
    """Scenes that are over and their webhooks sent, by the id of the request that made them."""
    made: dict[str, str] = {}
    for n in range(SCENES):
        asked = {"images": [photo], "report_types": TYPES, "webhook": receiver.url}
        headers = {"X-Request-ID": f"order-{n}", "traceparent": f"00-{n + 1:032x}-{1:016x}-01"}
        reply = http.post("/api/v1.5/recognize/", json=asked, headers=headers)
        made[f"order-{n}"] = reply.json()["scene"]
    wait_for(lambda: open_work(plant.records) == 0)
    return made


def open_work(records: Records) -> int:
    """What is still to be done."""
    with records.reading() as tx:
        return work.backlog(tx)


@pytest.mark.usefixtures("http")
def test_a_request_is_found_again_by_its_id_alone(
    plant: Plant,
    worker: Worker,
    scenes: dict[str, str],
    collector: Collector,
    heard: io.StringIO,
):
    """Request, scene, every report and every webhook: lines of JSON, and one trace."""
    log = plant.folder / f"flows.worker-{worker.pid}.log"
    written = heard.getvalue() + log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    mine = [line for line in lines if line["request_id"] in scenes]

    assert {name: sorted(EVENTS) for name in scenes} == {
        name: sorted(line["event"] for line in mine if line["request_id"] == name)
        for name in scenes
    }
    assert {(line["request_id"], line["scene"]) for line in mine} == set(scenes.items())

    wait_for(lambda: collector_has(collector, SCENES), seconds=30)


def collector_has(collector: Collector, count: int) -> bool:
    """Whether so many requests are traced whole."""
    by_trace: dict[bytes, set[str]] = defaultdict(set)
    for span in list(collector.spans):
        by_trace[span.trace_id].add(span.name)
    whole = [n for n in range(count) if by_trace[(n + 1).to_bytes(16)] >= SPANS]
    return len(whole) == count
