"""The two clients: they do steps, by httpx."""

import asyncio
import time
from types import TracebackType
from typing import Any, Self

import httpx

from gondola.client.calls import Calls
from gondola.client.errors import Unreachable
from gondola.client.events import EventLines
from gondola.client.scene import SceneCalls
from gondola.client.steps import Heard, Listen, Pause, Reply, Request, Step, Steps, T, Walk

SECONDS = 30.0  # for one answer
_OK, _NOTHING_MORE = 200, 204


class Scene(SceneCalls):
    """A scene of a plain client."""

    def run(self, steps: Steps[T]) -> T:
        """Do the steps."""
        return self.client.run(steps)


class AsyncScene(SceneCalls):
    """A scene of an async client."""

    async def run(self, steps: Steps[T]) -> T:
        """Do the steps."""
        return await self.client.run(steps)


class Client(Calls):
    """A client of one server; threads may share it.

    Args:
        url: `http://host:port`, as in a browser.
        token: of the scopes that the calls need.
        options: of `httpx.Client`, for example `verify` or `proxy`.
    """

    plain = True
    scene_type = Scene

    def __init__(self, url: str, token: str, **options: Any) -> None:
        self._http = httpx.Client(**_options(url, token, options))

    def __enter__(self) -> Self:
        """Keep connections open until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        self.close()

    def close(self) -> None:
        """Let connections go."""
        self._http.close()

    def run(self, steps: Steps[T]) -> T:
        """Do the steps of a call."""
        walk = Walk(steps)
        for step in walk:
            try:
                walk.came(self._do(step))
            except Unreachable as error:
                walk.failed(error)
        return walk.outcome

    def _do(self, step: Step) -> Reply | Heard | None:
        if isinstance(step, Pause):
            return time.sleep(step.seconds)
        if isinstance(step, Listen):
            return self._listen(step)
        try:
            return _reply(self._http.request(**_arguments(step)))
        except httpx.TransportError as error:
            raise Unreachable(_sentence(step, error)) from error

    def _listen(self, step: Listen) -> Heard:
        ear = _Ear(step)
        try:
            with self._http.stream("GET", step.path, **ear.arguments) as answer:
                if answer.status_code != _OK:
                    answer.read()
                    return ear.refused(_reply(answer))
                for line in answer.iter_lines():
                    if ear.take(line):
                        break
        except httpx.TransportError:
            pass  # it is opened again
        return ear.heard()


class AsyncClient(Calls):
    """The same, to be awaited.

    Args:
        url: `http://host:port`, as in a browser.
        token: of the scopes that the calls need.
        options: of `httpx.AsyncClient`.
    """

    plain = False
    scene_type = AsyncScene

    def __init__(self, url: str, token: str, **options: Any) -> None:
        self._http = httpx.AsyncClient(**_options(url, token, options))

    async def __aenter__(self) -> Self:
        """Keep connections open until the block ends."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        await self.close()

    async def close(self) -> None:
        """Let connections go."""
        await self._http.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """Do the steps of a call."""
        walk = Walk(steps)
        for step in walk:
            try:
                walk.came(await self._do(step))
            except Unreachable as error:
                walk.failed(error)
        return walk.outcome

    async def _do(self, step: Step) -> Reply | Heard | None:
        if isinstance(step, Pause):
            return await asyncio.sleep(step.seconds)
        if isinstance(step, Listen):
            return await self._listen(step)
        try:
            return _reply(await self._http.request(**_arguments(step)))
        except httpx.TransportError as error:
            raise Unreachable(_sentence(step, error)) from error

    async def _listen(self, step: Listen) -> Heard:
        ear = _Ear(step)
        try:
            async with self._http.stream("GET", step.path, **ear.arguments) as answer:
                if answer.status_code != _OK:
                    await answer.aread()
                    return ear.refused(_reply(answer))
                async for line in answer.aiter_lines():
                    if ear.take(line):
                        break
        except httpx.TransportError:
            pass  # it is opened again
        return ear.heard()


class _Ear:
    """What a listener hears, line by line."""

    def __init__(self, step: Listen) -> None:
        self._step, self._lines = step, EventLines()
        self._last, self._over, self._began = step.last, False, time.monotonic()
        headers = {"Last-Event-ID": str(step.last)} if step.last >= 0 else {}
        self.arguments: Any = {"headers": headers, "timeout": httpx.Timeout(step.quiet)}

    def take(self, line: str) -> bool:
        """Take a line; true when that is enough."""
        if event := self._lines.take(line):
            self._last, self._over = event.number, event.kind == "done"
            if self._step.progress:
                self._step.progress(event)
        return self._over or time.monotonic() - self._began > self._step.seconds

    def refused(self, reply: Reply) -> Heard:
        """The server answered with something else than events; 204 says that all was heard."""
        over = reply.status == _NOTHING_MORE
        return Heard(self._last, over, self._seconds, None if over else reply)

    def heard(self) -> Heard:
        """How far it came."""
        return Heard(self._last, self._over, self._seconds)

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began


def _options(url: str, token: str, options: dict[str, Any]) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"The server is http://host:port or https://host, not {url!r}.")
    headers = {"Authorization": f"Token {token}", **options.pop("headers", {})}
    return {"base_url": url.rstrip("/"), "headers": headers, "timeout": SECONDS, **options}


def _arguments(step: Request) -> dict[str, Any]:
    headers = dict(step.headers)
    arguments: dict[str, Any] = {"method": step.method, "url": step.path, "headers": headers}
    if step.query:
        arguments["params"] = step.query
    if step.photo is not None:
        arguments["files"] = {"datafile": ("photo.jpg", step.photo, "image/jpeg")}
    if step.body is not None:
        arguments["content"] = step.body
        headers["Content-Type"] = "application/json"
    return arguments


def _reply(answer: httpx.Response) -> Reply:
    return Reply(answer.status_code, dict(answer.headers), answer.content)


def _sentence(step: Request, error: Exception) -> str:
    return f"{step.method} {step.path} got no answer: {error or type(error).__name__}"
