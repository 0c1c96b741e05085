"""More than the platform can do is refused at once, with a time to come back."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.threads import MOST_WAITING, THREADS, Threads
from storage import work
from storage.folder import FolderStore

from .conftest import API, Gondola, start

SCENES = 2
BUSY = "Service temporarily unavailable, try again later."


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Gondola]:
    """An API that holds two open scenes."""
    with start(tmp_path, max_open_scenes=SCENES) as gondola:
        yield gondola


@pytest.fixture
def full(small: Gondola) -> Gondola:
    """The same with two of them."""
    for _ in range(SCENES):
        assert 201 == small.recognize(report_types=["FACING_COUNT"]).status_code
    return small


def test_a_full_queue_takes_no_scene(full: Gondola):
    """503 in DRF's shape with Retry-After; nothing is written; reading and uploads go on."""
    refused = full.recognize(report_types=["FACING_COUNT"])

    assert 503 == refused.status_code
    detail = "Too many scenes wait to be recognised; try again later."
    assert {"detail": detail} == refused.json()
    assert "30" == refused.headers["retry-after"]
    assert SCENES == full.get(f"{API}/reports/").json()["count"]
    assert 201 == full.upload().status_code


def test_a_scene_that_is_over_makes_room(full: Gondola):
    """For one more."""
    now = full.clock()
    with full.records.transaction() as tx:
        lease = timedelta(minutes=1)
        held = work.claim_due(tx, work.RECOGNIZE_SCENE, owner="a", now=now, lease=lease, limit=1)
        work.finish(tx, held[0].id, now=now)

    assert [201, 503] == [full.recognize().status_code for _ in range(2)]


def test_an_answer_that_was_lost_comes_again_from_a_full_queue(small: Gondola):
    """The scene of its Idempotency-Key is there already."""
    body, key = {"images": [small.image()]}, {"Idempotency-Key": "k"}
    first = small.post(f"{API}/recognize/", json=body, headers=key)
    small.recognize()

    again = small.post(f"{API}/recognize/", json=body, headers=key)

    assert (201, first.json()) == (again.status_code, again.json())


def test_ready_tells_of_a_full_queue(full: Gondola):
    """It is still ready: everything else is taken."""
    reply = full.http.get("/readyz")
    check = reply.json()["checks"]["queue"]

    assert (200, True) == (reply.status_code, reply.json()["ready"])
    assert (False, False) == (check["ok"], check["needed"])
    assert "Too many scenes" in check["problem"]


def test_a_full_disk_takes_no_photo(small: Gondola, monkeypatch: pytest.MonkeyPatch):
    """503 before a byte is stored; what is there can be read; once there is room all is well."""
    image = small.image()
    with monkeypatch.context() as almost_full:
        almost_full.setattr(FolderStore, "free_bytes", lambda _: 499_999_999)
        refused, read = small.upload(), small.get(f"{API}/uploads/{image}/")
        ready = small.http.get("/readyz")

    assert (503, "30") == (refused.status_code, refused.headers["retry-after"])
    assert "no room for more photos" in refused.json()["detail"]
    assert 200 == read.status_code
    assert (503, False) == (ready.status_code, ready.json()["checks"]["disk"]["ok"])
    assert 201 == small.upload().status_code


def test_who_would_wait_long_is_told_to_come_again(small: Gondola, monkeypatch: pytest.MonkeyPatch):
    """503 before a token is looked up, in the shape of its path; health is told all the same."""
    with monkeypatch.context() as busy:
        busy.setattr(small.http.app.state.threads, "waiting", MOST_WAITING)
        refused, page = small.get(f"{API}/reports/"), small.get("/")
        health = small.http.get("/healthz")

    assert (503, {"detail": BUSY}) == (refused.status_code, refused.json())
    assert ("5", "nosniff") == (
        refused.headers["retry-after"],
        refused.headers["x-content-type-options"],
    )
    assert (503, BUSY) == (page.status_code, page.json()["detail"])
    assert "application/problem+json" == page.headers["content-type"]
    assert 200 == health.status_code
    assert 200 == small.get(f"{API}/reports/").status_code


def test_what_waits_for_a_thread_is_counted():
    """Whatever runs or is done counts no more."""
    threads, go = Threads(), threading.Event()
    with threads:
        calls = [threads.submit(go.wait) for _ in range(THREADS + MOST_WAITING)]
        while threads.waiting > MOST_WAITING:
            pass
        assert MOST_WAITING == threads.waiting
        go.set()

    assert all(call.result() for call in calls)
    assert 0 == threads.waiting


def test_what_was_given_up_waits_no_more():
    """A client that leaves before its call is run takes it along."""
    threads, go = Threads(), threading.Event()
    with threads:
        running = [threads.submit(go.wait) for _ in range(THREADS)]
        while threads.waiting:
            pass
        late = threads.submit(go.wait)
        assert 1 == threads.waiting
        assert late.cancel()
        assert 0 == threads.waiting
        go.set()

    assert all(call.result() for call in running)
    assert 0 == threads.waiting
