"""What every reply carries, and the line it leaves in the log."""

import asyncio
import json
import logging

import pytest

from api import events
from telemetry.json_log import JsonLines

from .conftest import API, Gondola

REPLIES = [
    ("GET", "/healthz", 200),
    ("GET", f"{API}/reports", 200),
    ("GET", f"{API}/reports/999999", 404),
    ("GET", "/nothing", 404),
    ("PUT", f"{API}/reports", 405),
    ("TRACE", f"{API}/reports", 405),
    ("POST", f"{API}/recognize", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), REPLIES)
def test_every_reply_has_safe_headers(gondola: Gondola, method: str, path: str, status: int):
    """Unknown paths and methods included; nobody says what server this is."""
    reply = gondola.call(method, path)

    assert status == reply.status_code
    assert "nosniff" == reply.headers["x-content-type-options"]
    assert "no-store" == reply.headers["cache-control"]
    assert "same-origin" == reply.headers["referrer-policy"]
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "server" not in reply.headers
    assert "access-control-allow-origin" not in reply.headers


def test_a_request_keeps_its_id(gondola: Gondola):
    """So a client finds it in our log."""
    reply = gondola.http.get("/healthz", headers={"X-Request-ID": "order-4711"})

    assert "order-4711" == reply.headers["x-request-id"]


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"b', "ü"])
def test_an_odd_id_is_replaced(gondola: Gondola, given: str):
    """Only letters, digits and hyphens get into the log."""
    reply = gondola.http.get("/healthz", headers={"X-Request-ID": given.encode()})

    assert 32 == len(reply.headers["x-request-id"])


def test_a_request_leaves_one_wide_line(gondola: Gondola, caplog: pytest.LogCaptureFixture):
    """Route, not path; never a token or a query."""
    caplog.set_level(logging.INFO, "gondola.traffic")
    gondola.get(f"{API}/reports/999999?secret=1")
    lines = [
        JsonLines().format(record) for record in caplog.records if record.name == "gondola.traffic"
    ]
    line = json.loads(lines[-1])

    assert 1 == len(lines)
    assert ("request", "GET", 404) == (line["event"], line["method"], line["status"])
    assert f"{API}/reports/{{report_id}}" == line["route"]
    assert {"report_id": "999999"} == line["path_params"]
    assert line["problem"].startswith("NotFound")
    assert gondola.token not in lines[-1]
    assert "secret" not in lines[-1]


def test_who_goes_away_early_leaves_a_line_too(
    gondola: Gondola, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """An answer that was never finished was a request all the same."""
    monkeypatch.setattr(events, "LONGEST_SECONDS", 600.0)
    caplog.set_level(logging.INFO, "gondola.traffic")
    scene = gondola.recognize().json()["scene"]
    caplog.clear()
    asyncio.run(_hang_up(gondola, f"/scenes/{scene}/events"))

    assert ["/scenes/{scene}/events"] == [
        record.__dict__["route"] for record in caplog.records if record.name == "gondola.traffic"
    ]


async def _hang_up(gondola: Gondola, path: str) -> None:
    """Ask, hear the first bytes and go away."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Token {gondola.token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    began = asyncio.Event()

    async def receive() -> dict[str, object]:
        if not began.is_set():
            await began.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            began.set()

    await gondola.http.app(scope, receive, send)  # type: ignore[arg-type]
