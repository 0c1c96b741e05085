"""POST /recognize?wait=10 answers with the reports when they are ready in time."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from .conftest import API, Gondola
from .recognised import finish

PATH = f"{API}/recognize/"
TYPES = ["FACING_COUNT", "REALOGRAM"]
BODIES = {"FACING_COUNT": b'[{"sku_id":7,"count":2}]', "REALOGRAM": b"[]"}


@contextmanager
def worker(gondola: Gondola) -> Iterator[None]:
    """End every scene that is nudged, as a worker would."""
    over = threading.Event()

    def work() -> None:
        done = 0
        while not over.wait(0.02):
            for _, parameters, _ in gondola.nudges[done:]:
                finish(gondola, parameters["scene_id"], BODIES)
                done += 1

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def ask(gondola: Gondola, wait: float, **more: Any) -> Any:
    """Recognise one new photo and wait."""
    body = {"images": [gondola.image()], "report_types": TYPES}
    return gondola.post(f"{PATH}?wait={wait}", json=body, **more)


def test_the_reports_come_with_the_answer(gondola: Gondola):
    """201 as ever, `reports` as ever; `results` has each as GET /reports/{id} tells it."""
    with worker(gondola):
        reply = ask(gondola, 15)
    made = reply.json()

    assert 201 == reply.status_code
    assert TYPES == list(made["reports"]) == list(made["results"])
    assert {
        name: gondola.get(f"{API}/reports/{report_id}/").json()
        for name, report_id in made["reports"].items()
    } == made["results"]
    assert [{"sku_id": 7, "count": 2}] == made["results"]["FACING_COUNT"]["json"]


def test_when_they_are_not_ready_it_is_the_usual_answer(gondola: Gondola):
    """In time, and the work goes on: its nudge was sent before the wait."""
    begin = time.monotonic()
    reply = ask(gondola, 0.3)

    assert 0.3 <= time.monotonic() - begin < 3
    assert (201, ["id", "images", "display", "reports", "scene"]) == (
        reply.status_code, list(reply.json()),
    )  # fmt: skip
    assert [reply.json()["id"]] == [nudge[1]["scene_id"] for nudge in gondola.nudges]


def test_the_same_request_again_waits_for_the_same_scene(gondola: Gondola):
    """Under its Idempotency-Key nothing is made or nudged a second time."""
    sent = {"json": {"images": [gondola.image()], "report_types": TYPES}}
    key = {"Idempotency-Key": "wait"}
    first = gondola.post(f"{PATH}?wait=0.1", headers=key, **sent).json()
    finish(gondola, first["id"], BODIES)
    again = gondola.post(f"{PATH}?wait=10", headers=key, **sent).json()

    assert first == {name: value for name, value in again.items() if name != "results"}
    assert TYPES == list(again["results"])
    assert 1 == len(gondola.nudges)


def test_many_wait_at_once(gondola: Gondola):
    """More than there are threads and connections; others are answered meanwhile."""
    many = 40
    with ThreadPoolExecutor(many) as clients:
        replies = [clients.submit(ask, gondola, 25) for _ in range(many)]
        while len(gondola.nudges) < many:
            time.sleep(0.05)
        begin = time.monotonic()
        meanwhile = gondola.get(f"{API}/reports/?limit=1")
        seconds = time.monotonic() - begin
        for _, parameters, _ in list(gondola.nudges):
            finish(gondola, parameters["scene_id"], BODIES)
        told = [one.result().json() for one in replies]

    assert 200 == meanwhile.status_code
    assert seconds < 5
    assert [TYPES] * many == [list(one["results"]) for one in told]


@pytest.mark.parametrize("wait", ["-1", "soon"])
def test_a_wrong_wait_is_named(gondola: Gondola, wait: str):
    """400, and no scene is made."""
    reply = gondola.post(f"{PATH}?wait={wait}", json={"images": [gondola.image()]})

    assert (400, ["wait"]) == (reply.status_code, list(reply.json()))
    assert [] == gondola.nudges
