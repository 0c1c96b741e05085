"""Is it alive, can it take work?"""

from pathlib import Path

import pytest

from storage.errors import ObjectStoreUnavailable

from .conftest import Gondola, start


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_health_needs_nothing(gondola: Gondola, path: str):
    """No token, no store."""
    reply = gondola.http.get(path)

    assert (200, {"status": "ok"}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("path", ["/readyz", "/readyz/"])
def test_ready_says_what_was_checked(gondola: Gondola, path: str):
    """Records, objects and Prefect, and how much work is open."""
    reply = gondola.http.get(path)
    body = reply.json()

    assert (200, True, 0) == (reply.status_code, body["ready"], body["backlog"])
    assert {"records", "objects", "disk", "queue", "prefect"} == set(body["checks"])
    assert all(check["ok"] for check in body["checks"].values())


def test_open_work_is_counted(gondola: Gondola):
    """A scene that waits is one piece."""
    before = gondola.http.get("/readyz").json()["backlog"]
    gondola.recognize()

    assert before + 1 == gondola.http.get("/readyz").json()["backlog"]


def test_without_prefect_requests_are_taken(gondola: Gondola):
    """It is told, and the rows wait."""
    gondola.nudges.problem = ConnectionRefusedError("no one at 10.0.0.7")
    reply = gondola.http.get("/readyz")
    check = reply.json()["checks"]["prefect"]

    assert (200, True) == (reply.status_code, reply.json()["ready"])
    assert {"ok": False, "needed": False, "problem": "ConnectionRefusedError"} == check


def test_without_a_store_nothing_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """503, and the check says why."""

    def fail(_: object) -> None:
        raise ObjectStoreUnavailable

    with start(tmp_path) as gondola:
        monkeypatch.setattr(type(gondola.objects), "check", fail)
        reply = gondola.http.get("/readyz")

    assert (503, False) == (reply.status_code, reply.json()["ready"])
    assert "does not answer" in reply.json()["checks"]["objects"]["problem"]
