"""Forecasts over HTTP."""

import time
from threading import Timer
from typing import Any

import pytest

from storage import forecasts, galleries, references
from storage.forecasts import Confusion, Outlook

from .conftest import API, Gondola
from .recognised import add_sku


@pytest.fixture
def sku(gondola: Gondola) -> int:
    """A SKU with two pictures, embedded by the embedder in use."""
    sku_id = add_sku(gondola, "Tea")
    gondola.post(f"{API}/sku/{sku_id}/images/", json={"images": [gondola.image() for _ in "12"]})
    with gondola.records.transaction() as tx:
        galleries.use(tx, "e-1", now=gondola.clock.now)
        for one in references.of_sku(tx, sku_id):
            galleries.save_vector(tx, one.id, "e-1", b"1234", None)
    gondola.nudges.clear()
    return sku_id


def forecast(gondola: Gondola, sku_id: int, query: str = "") -> Any:
    """Ask for it."""
    reply = gondola.get(f"{API}/sku/{sku_id}/forecast/{query}")
    assert 200 == reply.status_code, reply.text
    return reply.json()


def save(gondola: Gondola, sku_id: int, *confusions: Confusion) -> None:
    """Store what the flow would."""
    outlook = Outlook(2, 0, 0.75, list(confusions), "Add pictures.")
    with gondola.records.transaction() as tx:
        version, now = galleries.version(tx, "e-1"), gondola.clock.now
        forecasts.save(tx, sku_id, "e-1", outlook, gallery=version, now=now)


def test_until_it_is_made_a_forecast_is_not_ready(gondola: Gondola, sku: int):
    """Asking starts the run that makes it, once for this gallery."""
    answers = [forecast(gondola, sku) for _ in range(2)]

    assert ["NOT_READY"] * 2 == [answer["status"] for answer in answers]
    assert 1 == len({nudge[2] for nudge in gondola.nudges})
    assert ("forecast-sku", {"sku_id": sku}) == gondola.nudges[0][:2]


def test_a_ready_forecast_tells_everything(gondola: Gondola, sku: int):
    """Confused SKUs come with name and picture; no run is started."""
    other, bare = add_sku(gondola, "Coffee"), add_sku(gondola, "No picture")
    body = {"image": gondola.image(), "box": [1, 2, 30, 40]}
    gondola.post(f"{API}/sku/{other}/images/", json=body)
    save(gondola, sku, Confusion(other, 0.93), Confusion(bare, 0.9))
    gondola.nudges.clear()
    told = forecast(gondola, sku)

    assert ("READY", 2, 0, 0.75, "Add pictures.") == tuple(
        told[k] for k in ("status", "references", "failed", "recall", "advice")
    )
    first, second = told["confusions"]
    assert (other, "Coffee", 0.93) == tuple(first[k] for k in ("id", "name", "score"))
    assert [1, 2, 30, 40] == first["image"]["box"]
    assert 200 == gondola.http.get(first["image"]["url"]).status_code
    assert (bare, None) == (second["id"], second["image"])
    assert [] == gondola.nudges


def test_a_new_picture_makes_it_not_ready(gondola: Gondola, sku: int):
    """What it said is not told any more."""
    save(gondola, sku)
    gondola.post(f"{API}/sku/{sku}/images/", json={"images": [gondola.image()]})
    told = forecast(gondola, sku)

    assert ("NOT_READY", None) == (told["status"], told["recall"])


def test_waiting_ends_when_it_is_ready(gondola: Gondola, sku: int):
    """The run is asked for at once, and the answer comes as soon as it is made."""
    began = time.monotonic()
    Timer(0.5, save, [gondola, sku]).start()
    told = forecast(gondola, sku, "?wait=20")

    assert "READY" == told["status"]
    assert 0.3 < time.monotonic() - began < 10
    assert 1 == len(gondola.nudges)


def test_waiting_ends_when_the_time_is_over(gondola: Gondola, sku: int):
    """NOT_READY is an answer, too."""
    began = time.monotonic()

    assert "NOT_READY" == forecast(gondola, sku, "?wait=0.6")["status"]
    assert 0.5 < time.monotonic() - began < 10


@pytest.mark.parametrize("wait", ["-1", "x", "nan"])
def test_a_wrong_wait_is_named(gondola: Gondola, sku: int, wait: str):
    """400 with the field."""
    reply = gondola.get(f"{API}/sku/{sku}/forecast/?wait={wait}")

    assert (400, ["wait"]) == (reply.status_code, list(reply.json()))


def test_without_a_picture_the_advice_is_known(gondola: Gondola):
    """No run is needed to tell it."""
    told = forecast(gondola, add_sku(gondola, "Bare"))

    assert ("READY", 0, None) == tuple(told[k] for k in ("status", "references", "recall"))
    assert "Add a picture" in told["advice"]
    assert [] == gondola.nudges


def test_an_unknown_sku_has_no_forecast(gondola: Gondola):
    """404, and no run."""
    assert 404 == gondola.get(f"{API}/sku/999999/forecast/").status_code
    assert [] == gondola.nudges
