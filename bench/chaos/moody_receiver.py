"""A webhook receiver that takes, refuses, hangs, drops the connection or dawdles, at random."""

import random
import socket
import struct
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

MOODS = {"take": 0.5, "refuse": 0.15, "hang": 0.1, "drop": 0.15, "dawdle": 0.1}
PATIENCE = 4  # failures of one message, after which it is taken: none is to be given up
HANG, DAWDLE = 1.2, 0.2  # seconds
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


@dataclass(frozen=True)
class Request:
    """One POST that arrived."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Receiver:
    """What the receiver heard and took; its threads share it."""

    rng: random.Random
    url: str = ""
    requests: list[Request] = field(default_factory=list[Request])
    taken: Counter[str] = field(default_factory=Counter[str])
    failed: Counter[str] = field(default_factory=Counter[str])
    _lock: Lock = field(default_factory=Lock)

    def choose(self, request: Request) -> str:
        """Remember the request, and choose what to do with it."""
        uid = request.headers["webhook-id"]
        with self._lock:
            self.requests.append(request)
            mood = self.rng.choices(list(MOODS), list(MOODS.values()))[0]
            if self.failed[uid] >= PATIENCE and mood != "dawdle":
                mood = "take"
            (self.taken if mood in ("take", "dawdle") else self.failed)[uid] += 1
            return mood

    def bodies(self) -> dict[str, set[bytes]]:
        """The different bytes that came under each id."""
        found: dict[str, set[bytes]] = defaultdict(set)
        for request in self.requests:
            found[request.headers["webhook-id"]].add(request.body)
        return found


@contextmanager
def receiving(seed: int) -> Iterator[Receiver]:
    """Listen on a free port of this machine."""
    receiver = Receiver(random.Random(seed))  # noqa: S311  a seed, so that a run can be repeated
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._act(receiver.choose(Request(self.path, body, headers)))
            except OSError:  # the sender was killed
                self.close_connection = True

        def _act(self, mood: str) -> None:
            if mood == "drop":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self.close_connection = True
                return
            time.sleep({"hang": HANG, "dawdle": DAWDLE}.get(mood, 0))
            self.send_response(500 if mood == "refuse" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
