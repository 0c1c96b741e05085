"""Following a scene from outside, as it is recognised."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api import event_feed, events
from api.event_feed import Feed
from storage import reports, scene_events, scenes
from storage.records import Records
from storage.report_bodies import Body
from storage.scenes import Scene
from telemetry import json_log
from tests.storage.rows import LINEAGE

from .conftest import Gondola

Event = tuple[int, str, dict[str, Any]]


def read(text: str) -> list[Event]:
    """Number, kind and data of every event of a stream."""
    blocks = [block.split("\r\n") for block in text.split("\r\n\r\n")]
    found = [dict(line.split(": ", 1) for line in block if line) for block in blocks]
    return [(int(e["id"]), e["event"], json.loads(e["data"])) for e in found if "event" in e]


def follow(gondola: Gondola, scene: str, **headers: str) -> Any:
    """Listen until the stream ends."""
    return gondola.get(f"/scenes/{scene}/events", headers=headers)


def begin(gondola: Gondola, scene_id: int) -> None:
    """A worker takes the scene and looks at its photos."""
    now = gondola.clock.now
    with gondola.records.transaction() as tx:
        scenes.start(tx, scene_id, detector="d", embedder="e", flow_run_id="r", now=now)
        for one in scenes.photos(tx, scene_id):
            scene_events.add_photo(
                tx, scene_id, one.image.id, status="READY", problem=None, now=now
            )


def end(gondola: Gondola, scene_id: int) -> None:
    """The worker makes the reports and ends the scene."""
    now, body = gondola.clock.now, Body(b"[]", None, "")
    with gondola.records.transaction() as tx:
        for one in reports.of_scene(tx, scene_id):
            reports.set_ready(tx, one.id, 1, body, lineage=LINEAGE, now=now)
        scenes.finish(tx, scene_id, status="DONE", problem=None, timings={}, now=now)


@pytest.fixture
def story(gondola: Gondola) -> Iterator[Any]:
    """A finished scene of two photos and one report."""
    images = [gondola.image(), gondola.image()]
    reply = gondola.recognize(images=images, report_types=["FACING_COUNT"]).json()
    begin(gondola, reply["id"])
    end(gondola, reply["id"])
    return reply


def test_a_finished_scene_tells_its_whole_story(gondola: Gondola, story: Any):
    """Then the stream ends; nobody keeps it."""
    reply = follow(gondola, story["scene"])
    told = read(reply.text)

    assert "text/event-stream" == reply.headers["content-type"].split(";")[0]
    assert "no-cache" == reply.headers["cache-control"]
    assert ["accepted", "started", "photo", "photo", "report", "done"] == [e[1] for e in told]
    assert list(range(6)) == [e[0] for e in told]
    assert (2, 2, story["images"][1]) == tuple(told[3][2][k] for k in ("count", "of", "image"))
    assert story["reports"]["FACING_COUNT"] == told[4][2]["report"]
    assert {"status": "DONE", "problem": None, "at": told[5][2]["at"]} == told[5][2]


@pytest.mark.parametrize("last", range(5))
def test_who_comes_back_hears_what_was_missed(gondola: Gondola, story: Any, last: int):
    """Nothing twice, nothing left out."""
    told = read(follow(gondola, story["scene"], **{"Last-Event-ID": f"{last}"}).text)

    assert list(range(last + 1, 6)) == [number for number, _, _ in told]


def test_who_heard_the_end_is_told_to_stay_away(gondola: Gondola, story: Any):
    """204 ends the coming again of a browser; HTML standard, 9.2.3."""
    reply = follow(gondola, story["scene"], **{"Last-Event-ID": "5"})

    assert (204, b"") == (reply.status_code, reply.content)


@pytest.mark.parametrize("odd", ["", "x", "-1", "1.5", "9" * 40, "٣"])
def test_an_odd_number_hears_everything(gondola: Gondola, story: Any, odd: str):
    """It was never ours."""
    told = read(follow(gondola, story["scene"], **{"Last-Event-ID": odd.encode()}).text)  # type: ignore[dict-item]

    assert 6 == len(told)


def test_a_scene_of_an_older_version_has_beginning_and_end(gondola: Gondola):
    """It wrote nothing down between."""
    reply = gondola.recognize().json()
    with gondola.records.transaction() as tx:
        now = gondola.clock.now
        scenes.finish(tx, reply["id"], status="ERROR", problem="No.", timings={}, now=now)

    told = read(follow(gondola, reply["scene"]).text)

    assert [(0, "accepted"), (1, "done")] == [(number, kind) for number, kind, _ in told]
    assert ("ERROR", "No.") == (told[1][2]["status"], told[1][2]["problem"])


def test_strangers_and_strange_scenes(gondola: Gondola):
    """401 without a token, 404 for a scene that never was."""
    assert 401 == gondola.http.get(f"/scenes/{'0' * 32}/events").status_code
    assert 404 == follow(gondola, "0" * 32).status_code


def find(gondola: Gondola, scene: str) -> Scene:
    """The scene as the records have it."""
    with gondola.records.reading() as tx:
        return scenes.by_scene(tx, scene)


async def listen(feed: Feed, scene: Scene, last: int = -1) -> list[str]:
    """What one listener hears."""
    return [event.kind if event else "-" async for event in feed.follow(scene, last)]


def test_many_listeners_cost_one_look(gondola: Gondola, monkeypatch: pytest.MonkeyPatch):
    """They hear the same, live; when nobody listens nobody looks."""
    reply = gondola.recognize(report_types=["FACING_COUNT"]).json()
    scene, looks = find(gondola, reply["scene"]), []
    monkeypatch.setattr(event_feed, "LOOK_SECONDS", 0.02)
    reading = Records.reading
    monkeypatch.setattr(Records, "reading", lambda self: looks.append(1) or reading(self))

    async def run() -> list[list[str]]:
        feed = Feed(gondola.records)
        listeners = [asyncio.create_task(listen(feed, scene)) for _ in range(200)]
        await asyncio.sleep(0.1)
        before = len(looks)
        begin(gondola, scene.id)
        await asyncio.sleep(0.1)
        end(gondola, scene.id)
        heard = await asyncio.gather(*listeners)
        assert before < 10
        await asyncio.sleep(0.1)
        quiet = len(looks)
        await asyncio.sleep(0.1)
        assert quiet == len(looks)
        return heard

    heard = asyncio.run(run())

    assert [["accepted", "started", "photo", "report", "done"]] * 200 == heard


def test_a_look_that_fails_is_done_again(
    gondola: Gondola, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Whatever went wrong; the log names no request, as it was for all."""
    reply = gondola.recognize(report_types=["FACING_COUNT"]).json()
    begin(gondola, reply["id"])
    end(gondola, reply["id"])
    scene, endings, bound = find(gondola, reply["scene"]), scene_events.endings, []
    monkeypatch.setattr(event_feed, "LOOK_SECONDS", 0.02)

    def fail_once(*args: Any) -> Any:
        bound.append(json_log.bound("request_id"))
        if len(bound) == 1:
            raise RuntimeError("odd row")
        return endings(*args)

    monkeypatch.setattr(scene_events, "endings", fail_once)

    with json_log.about(request_id="one listener"):
        heard = asyncio.run(asyncio.wait_for(listen(Feed(gondola.records), scene), 10))

    assert ["accepted", "started", "photo", "report", "done"] == heard
    assert "events_unread" in caplog.text
    assert {None} == set(bound)


def test_silence_is_broken(gondola: Gondola, monkeypatch: pytest.MonkeyPatch):
    """So that no proxy takes the connection for dead."""
    scene = find(gondola, gondola.recognize().json()["scene"])
    monkeypatch.setattr(event_feed, "QUIET_SECONDS", 0.05)

    async def run() -> list[str]:
        heard = []
        async for event in Feed(gondola.records).follow(scene, -1):
            heard.append(event.kind if event else "-")
            if len(heard) == 3:
                break
        return heard

    assert ["accepted", "-", "-"] == asyncio.run(run())


def test_a_connection_does_not_last_for_ever(gondola: Gondola, monkeypatch: pytest.MonkeyPatch):
    """The scene goes on; the listener comes again with its token and the last number."""
    monkeypatch.setattr(events, "LONGEST_SECONDS", 0.0)
    scene = gondola.recognize().json()["scene"]

    assert ["accepted"] == [kind for _, kind, _ in read(follow(gondola, scene).text)]
