"""The threads in which one process asks its stores, and how much may wait for them.

Requests that wait are a queue nobody sees: clients give up on it, and its work is done for nobody.
Who comes when it is long is told at once to come again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import ParamSpec, TypeVar

from api.errors import TooBusy

THREADS = 16  # most of their time they wait for the disk
MOST_WAITING = 100  # calls; a third of a second's work

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
        return super().submit(self._run, fn, *args, **kwargs)

    def check_room(self) -> None:
        """Raise TooBusy when a new request would wait long."""
        if self.waiting >= MOST_WAITING:
            raise TooBusy

    def _run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._count(-1)
        return fn(*args, **kwargs)

    def _count(self, by: int) -> None:
        with self._counting:
            self.waiting += by
