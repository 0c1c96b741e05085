"""A whole platform inside one process: the real API, stores and flows, and a webhook receiver.

No Prefect: what waits is done by `bench.chaos.life.Worker`, which changes the flows of this
process for good, so whoever uses it has a process of its own.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from queue import Empty
from typing import Any

from litestar.testing import TestClient

from api.app import create_app
from bench.chaos import life
from demo.receiver import Receiver

API = life.API


class _Nobody:
    """In place of Prefect: every nudge is lost."""

    async def send(self, flow: str, *, parameters: dict[str, Any], key: str) -> None: ...

    async def check(self) -> None: ...

    async def close(self) -> None: ...


class Inside:
    """The platform, and a client of it.

    Attributes:
        hook: address of the receiver.
        told: messages it got, by scene.
        uploaded: numbers of the photos that were ever uploaded.
    """

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self._settings = life.settings(folder, life.write_models(folder / "models"))
        self._receiver, self.hook = receiver, receiver.url
        self.told: Counter[int] = Counter()
        self.uploaded: set[int] = set()
        self._begin()
        key = {"Authorization": f"Token {life.MASTER_KEY}"}
        token = self._http.post("/api/auth/v1.0/get_token/", headers=key).json()["token"]
        self._headers = {"Authorization": f"Token {token}"}
        self._worker = life.Worker(self._settings, timedelta())

    def _begin(self) -> None:
        self._http: Any = TestClient(create_app(self._settings, nudge=_Nobody()))
        self._http.__enter__()

    def end(self) -> None:
        """Stop the API."""
        self._http.__exit__(None, None, None)

    def restart(self) -> None:
        """Stop the API and start it on the same stores."""
        self.end()
        self._begin()

    def work(self) -> None:
        """Do all that waits, messages too."""
        self._worker.work()
        with suppress(Empty):
            while True:
                self.told[self._receiver.deliveries.get_nowait().body["id"]] += 1

    def call(self, method: str, path: str, key: str | None = None, **more: Any) -> Any:
        """Ask the API, with an Idempotency-Key if one is given."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        return self._http.request(method, f"{API}/{path}", headers=headers, **more)


@contextmanager
def inside() -> Iterator[Inside]:
    """Make a platform, and take it away again."""
    with tempfile.TemporaryDirectory(prefix="gondola-inside-") as folder, Receiver() as receiver:
        made = Inside(Path(folder), receiver)
        try:
            yield made
        finally:
            made.end()
