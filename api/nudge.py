"""The one door to Prefect from HTTP: asks it to start a run now.

A nudge is a hint. The row that must be worked on is committed before, and the sweep finds what no
nudge reached, so a failing nudge is a line in the log, never an error of the request.
"""

import asyncio
import logging
import time
from typing import Any, Protocol

import aiohttp
import msgspec

from storage import failpoints

log = logging.getLogger("gondola.api")

TIMEOUT = aiohttp.ClientTimeout(total=5)  # seconds, for one try
PAUSE = 0.3  # seconds before the second try
AT_ONCE = 2  # the server takes them one by one anyway, and has runs to serve meanwhile
PATIENCE = 15  # seconds a nudge may take in all; what waits longer is left to the sweep
AWAY = 1.0  # seconds; a server that takes no connection is left alone so long, the sweep comes
_GONE = 404
_FAILURES = (aiohttp.ClientError, TimeoutError, msgspec.DecodeError, KeyError)


class Nudge(Protocol):
    """Starts flow runs; Prefect's in service, a list in tests."""

    async def send(self, flow: str, *, parameters: dict[str, Any], key: str) -> None:
        """Ask for a run of the deployment `<flow>/warm`; never raises."""
        ...

    async def check(self) -> None:
        """Raise unless Prefect answers."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...


class PrefectNudge:
    """Speaks to a Prefect server's HTTP API over connections that stay open.

    Plain HTTP, because importing Prefect's own client costs an API process seconds.
    """

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._deployments: dict[str, str] = {}  # flow -> deployment id
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._away_until = 0.0  # of time.monotonic()

    async def send(self, flow: str, *, parameters: dict[str, Any], key: str) -> None:
        """Ask for a run; one second try, then only a log line.

        Args:
            flow: name of the flow, whose deployment is called `warm`.
            parameters: ids only; they are visible in Prefect's UI.
            key: two nudges with the same key start one run.
        """
        try:
            failpoints.hit("scene answered")
            async with asyncio.timeout(PATIENCE), self._turn:
                if time.monotonic() >= self._away_until:
                    await self._try_twice(flow, parameters, key)
        except _FAILURES as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                self._away_until = time.monotonic() + AWAY
            log.warning(
                "nudge_failed", extra={"flow": flow, "key": key, "error": str(error) or repr(error)}
            )

    async def check(self) -> None:
        """Raise unless Prefect answers."""
        async with self._open().get(f"{self._api_url}/health") as reply:
            reply.raise_for_status()

    async def close(self) -> None:
        """Let connections go."""
        if self._session is not None:
            await self._session.close()

    async def _try_twice(self, flow: str, parameters: dict[str, Any], key: str) -> None:
        try:
            await self._create_run(flow, parameters, key)
        except _FAILURES:
            await asyncio.sleep(PAUSE)
            await self._create_run(flow, parameters, key)

    async def _create_run(self, flow: str, parameters: dict[str, Any], key: str) -> None:
        """Create the run.

        Source: Prefect REST API, POST /deployments/{id}/create_flow_run.
        """
        deployment = self._deployments.get(flow) or await self._find(flow)
        url = f"{self._api_url}/deployments/{deployment}/create_flow_run"
        body = msgspec.json.encode({"parameters": parameters, "idempotency_key": key})
        headers = {"Content-Type": "application/json"}
        async with self._open().post(url, data=body, headers=headers) as reply:
            if reply.status == _GONE:  # deployed anew since we asked for its id
                self._deployments.pop(flow, None)
            reply.raise_for_status()

    async def _find(self, flow: str) -> str:
        async with self._open().get(f"{self._api_url}/deployments/name/{flow}/warm") as reply:
            reply.raise_for_status()
            found = msgspec.json.decode(await reply.read())
        self._deployments[flow] = found["id"]
        return found["id"]

    def _open(self) -> aiohttp.ClientSession:
        """Make the session where its event loop runs, at the first use."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._session
