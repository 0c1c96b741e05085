"""The threads in which one process asks its stores, and how much may wait for them.

Requests that wait are a queue nobody sees: clients give up on it, and its work is done for nobody.
Who comes when it is long is told at once to come again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from litestar.types import ASGIApp, Receive, Scope, Send

from api import problems

THREADS = 8  # with more they wait for each other, with fewer the disk idles
MOST_WAITING = 50  # calls; some tenths of a second's work

_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})  # who asks these wants to know

P = ParamSpec("P")
T = TypeVar("T")


class Threads(ThreadPoolExecutor):
    """Runs what would stop the event loop, and knows how much waits to be run."""

    def __init__(self) -> None:
        super().__init__(THREADS, thread_name_prefix="store")
        self._counting = Lock()
        self.waiting = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call as soon as a thread is free."""
        self._count(1)
        future = super().submit(self._run, fn, *args, **kwargs)
        future.add_done_callback(self._forget)
        return future

    def _forget(self, future: Future[Any]) -> None:
        """A call that its client gave up before it was run waits no more."""
        if future.cancelled():
            self._count(-1)

    def _run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._count(-1)
        return fn(*args, **kwargs)

    def _count(self, by: int) -> None:
        with self._counting:
            self.waiting += by


class Turnstile:
    """ASGI layer that turns requests away while much waits, before anything is done for them."""

    def __init__(self, app: ASGIApp, waiting: Callable[[], int]) -> None:
        """Wrap an app.

        Args:
            waiting: how many calls wait for a thread.
        """
        self._app, self._waiting = app, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 503 in the shape its path promises."""
        busy = scope["type"] == "http" and self._waiting() >= MOST_WAITING
        if busy and scope["path"].rstrip("/") not in _ALWAYS:
            scope["state"]["problem"] = "Too many calls wait for a thread."
            await problems.busy(scope["path"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)
