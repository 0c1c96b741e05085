"""Clients that upload small photos and ask for scenes, and a receiver that counts what comes."""

import io
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from threading import Event, Lock, Thread
from typing import Any, Self

import urllib3
from PIL import Image

from bench.chaos.clients_log import ACCEPTED, ASKED, REFUSED, ClientsLog
from demo.client import API
from demo.receiver import Receiver

OUTSTANDING = 12  # scenes accepted and not delivered at a time: more would only queue up
REPORT_TYPES = ["FACING_COUNT", "REALOGRAM"]
REST = 0.3  # seconds between two scenes of one client
LONG_SIDE = 320  # pixels of the photos
_NOT_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class Load:
    """Clients in threads of their own, from `start` to `stop`."""

    def __init__(self, shelf: Path, log: ClientsLog, urls: list[str], token: str) -> None:
        self.log, self.urls = log, urls
        self.delivered: Counter[int] = Counter()  # webhooks that came, by scene
        self._headers = {"Authorization": f"Token {token}"}
        self._http = urllib3.PoolManager(maxsize=8, retries=False, timeout=urllib3.Timeout(10))
        self._shelf = Image.open(shelf).convert("RGB")
        self._shelf.thumbnail((LONG_SIDE, LONG_SIDE))
        self._over, self._lock = Event(), Lock()
        self._accepted = 0
        self._receiver = Receiver()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        """Listen for webhooks, all the time."""
        self._receiver.__enter__()
        Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more, also after an exception."""
        self._over.set()
        self._receiver.__exit__()

    def start(self, clients: int, seed: int) -> None:
        """Let clients ask for scenes."""
        rolls = [random.Random(seed + number) for number in range(clients)]  # noqa: S311 no secret
        self._threads = [Thread(target=self._ask_on, args=(roll,)) for roll in rolls]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every client end its request."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    @property
    def complete(self) -> int:
        """Scenes of which every report was delivered."""
        with self._lock:
            return sum(count >= len(REPORT_TYPES) for count in self.delivered.values())

    def _count(self) -> None:
        while True:
            try:
                delivery = self._receiver.deliveries.get(timeout=1)
            except Empty:
                continue
            with self._lock:
                self.delivered[delivery.body["id"]] += 1

    def _ask_on(self, roll: random.Random) -> None:
        while not self._over.wait(REST):
            if self._accepted - self.complete < OUTSTANDING:
                self._ask(roll)

    def _ask(self, roll: random.Random) -> None:
        """Upload a photo and ask for its scene; whatever goes wrong, the next one comes."""
        url = roll.choice(self.urls)
        photo = {"datafile": ("shelf.jpg", self._photo(roll), "image/jpeg")}
        uploaded = self._post(f"{url}{API}/uploads/", fields=photo)
        if uploaded is None or uploaded.status != 201:  # noqa: PLR2004  HTTP: created
            return
        body = {"images": [uploaded.json()["id"]], "report_types": REPORT_TYPES}
        body["webhook"] = self._receiver.url
        self.log.note(ASKED)
        reply = self._post(f"{url}{API}/recognize/", json=body, on_unsent=self._refused)
        if reply is None or reply.status == 500:  # noqa: PLR2004  HTTP: who knows
            return
        if reply.status != 201:  # noqa: PLR2004  HTTP: created
            self._refused()
            return
        self.log.note(ACCEPTED, reply.json())
        with self._lock:
            self._accepted += 1

    def _refused(self) -> None:
        self.log.note(REFUSED)

    def _post(
        self, url: str, *, on_unsent: Callable[[], None] = lambda: None, **more: Any
    ) -> urllib3.BaseHTTPResponse | None:
        """POST; None when no answer came."""
        headers = dict(self._headers)
        if "json" in more:
            headers["Content-Type"] = "application/json"
        try:
            return self._http.request("POST", url, headers=headers, **more)
        except _NOT_SENT:
            on_unsent()
            time.sleep(REST)
        except urllib3.exceptions.HTTPError:
            time.sleep(REST)
        return None

    def _photo(self, roll: random.Random) -> bytes:
        """The shelf with a speck of its own, so that no two photos are the same bytes."""
        photo = self._shelf.copy()
        photo.putpixel((roll.randrange(photo.width), 0), tuple(roll.randbytes(3)))
        file = io.BytesIO()
        photo.save(file, "JPEG", quality=roll.randrange(80, 95))
        return file.getvalue()
