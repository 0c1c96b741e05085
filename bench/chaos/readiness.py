"""When `/readyz` says that something is wrong, and when that all is well again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import up

PAUSE = 0.5  # seconds between two looks
PATIENCE = 60  # seconds after which a platform that is not ready will not be


class Readiness:
    """Asks `/readyz` again and again while something fails, and until it no longer does."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/readyz"
        self._began = 0.0
        self.first_wrong: float | None = None  # seconds after the fault began
        self.ready_after: float | None = None  # seconds after it ended; None = never

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look while the block runs, and then until all is well."""
        over, self._began = Event(), time.monotonic()
        thread = Thread(target=self._look, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        ended = time.monotonic()
        while time.monotonic() < ended + PATIENCE:
            if up.answers(self._url):
                self.ready_after = time.monotonic() - ended
                return
            time.sleep(PAUSE)

    def _look(self, over: Event) -> None:
        while not over.is_set():
            if not up.answers(self._url) and self.first_wrong is None:
                self.first_wrong = time.monotonic() - self._began
            over.wait(PAUSE)

    def told(self) -> dict[str, Any]:
        """The two times for the file of results; None = it never said so."""
        both = {"unready_after": self.first_wrong, "ready_after": self.ready_after}
        return {name: at if at is None else round(at, 1) for name, at in both.items()}
