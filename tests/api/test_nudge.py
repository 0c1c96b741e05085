"""The door to Prefect, against a small server that speaks its two calls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from api.nudge import AT_ONCE, PrefectNudge


class PrefectDouble:
    """Answers as Prefect does, and breaks when told to."""

    def __init__(self) -> None:
        self.deployment = "id-1"
        self.broken = 0  # how many runs it will refuse
        self.lookups: list[str] = []
        self.runs: list[tuple[str, Any]] = []

    async def find(self, request: web.Request) -> web.Response:
        """GET /deployments/name/{flow}/{deployment}."""
        self.lookups.append(request.path)
        return web.json_response({"id": self.deployment})

    async def health(self, _: web.Request) -> web.Response:
        """GET /health."""
        return web.json_response(True)

    async def create(self, request: web.Request) -> web.Response:
        """POST /deployments/{id}/create_flow_run."""
        if request.match_info["id"] != self.deployment:
            return web.json_response({"detail": "Deployment not found"}, status=404)
        if self.broken:
            self.broken -= 1
            return web.json_response({}, status=503)
        self.runs.append((request.match_info["id"], await request.json()))
        return web.json_response({"id": "run"}, status=201)


def with_prefect(test: Callable[[PrefectNudge, PrefectDouble], Awaitable[None]]) -> PrefectDouble:
    """Run a test against the double."""

    async def run() -> PrefectDouble:
        double = PrefectDouble()
        app = web.Application()
        app.router.add_get("/api/deployments/name/{flow}/{name}", double.find)
        app.router.add_post("/api/deployments/{id}/create_flow_run", double.create)
        app.router.add_get("/api/health", double.health)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        nudge = PrefectNudge(f"http://{host}:{port}/api")
        await test(nudge, double)
        await nudge.close()
        await runner.cleanup()
        return double

    return asyncio.run(run())


def test_a_run_is_created_with_parameters_and_key():
    """Of the deployment `warm` of that flow, whose id is asked for once."""

    async def test(nudge: PrefectNudge, _: PrefectDouble) -> None:
        for scene_id in (7, 8):
            await nudge.send(
                "recognize-scene", parameters={"scene_id": scene_id}, key=f"k{scene_id}"
            )

    double = with_prefect(test)

    assert ["/api/deployments/name/recognize-scene/warm"] == double.lookups
    assert [
        ("id-1", {"parameters": {"scene_id": 7}, "idempotency_key": "k7"}),
        ("id-1", {"parameters": {"scene_id": 8}, "idempotency_key": "k8"}),
    ] == double.runs


def test_a_new_deployment_is_found():
    """When the id we know is gone, it is asked for again."""

    async def test(nudge: PrefectNudge, double: PrefectDouble) -> None:
        await nudge.send("sweep", parameters={}, key="a")
        double.deployment = "id-2"
        await nudge.send("sweep", parameters={}, key="b")

    double = with_prefect(test)

    assert ["id-1", "id-2"] == [deployment for deployment, _ in double.runs]


def test_a_busy_server_is_asked_once_more():
    """One failure costs nothing."""

    async def test(nudge: PrefectNudge, double: PrefectDouble) -> None:
        double.broken = 1
        await nudge.send("sweep", parameters={}, key="a")

    assert 1 == len(with_prefect(test).runs)


def test_a_nudge_that_fails_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture):
    """Never an exception: the sweep comes behind."""

    async def test(nudge: PrefectNudge, double: PrefectDouble) -> None:
        double.broken = 9
        await nudge.send("sweep", parameters={}, key="a")

    caplog.set_level(logging.WARNING, "gondola.api")
    double = with_prefect(test)

    assert [] == double.runs
    assert ["nudge_failed"] == [record.getMessage() for record in caplog.records]


def test_a_server_that_is_not_there_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture):
    """Nor does a refused connection raise; only the check says so."""

    async def run() -> None:
        nudge = PrefectNudge("http://127.0.0.1:9/api")
        await nudge.send("sweep", parameters={}, key="a")
        with pytest.raises(OSError, match="Cannot connect"):
            await nudge.check()
        await nudge.close()

    asyncio.run(run())

    assert "nudge_failed" in caplog.text


def test_a_server_that_is_not_there_is_left_alone_for_a_moment(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """Many nudges to nobody are one try; when the moment is over the next nudge tries again."""

    async def run() -> None:
        quiet = PrefectNudge("http://127.0.0.1:9/api")
        monkeypatch.setattr("api.nudge.AWAY", 60.0)
        await asyncio.gather(*(quiet.send("sweep", parameters={}, key=str(n)) for n in range(20)))
        await quiet.close()
        eager = PrefectNudge("http://127.0.0.1:9/api")
        monkeypatch.setattr("api.nudge.AWAY", 0.0)
        for key in ("a", "b"):
            await eager.send("sweep", parameters={}, key=key)
        await eager.close()

    asyncio.run(run())

    tried = [record.__dict__["key"] for record in caplog.records]
    assert len(tried[:-2]) <= AT_ONCE
    assert ["a", "b"] == tried[-2:]


def test_a_healthy_server_passes_the_check():
    """No exception."""

    async def test(nudge: PrefectNudge, _: PrefectDouble) -> None:
        await nudge.check()

    with_prefect(test)
