"""A webhook receiver that answers as a test tells it, and remembers what it heard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One POST that arrived."""

    path: str
    headers: dict[str, str]  # names in small letters
    body: bytes

    @property
    def uid(self) -> str:
        """Which message it is."""
        return self.headers["webhook-id"]


@dataclass(frozen=True)
class Answer:
    """What the receiver says."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class Receiver:
    """Listens on a free port of this machine; `answer` may be changed at any time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answer: Callable[[Heard], Answer] = lambda _: Answer()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where to post; any path does."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.path, headers, body)
            receiver.heard.append(heard)
            try:
                self._say(receiver.answer(heard))
            except OSError:  # the sender no longer listens
                self.close_connection = True

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Start a receiver, and stop it."""
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.stop()


def always(status: int, **headers: str) -> Any:
    """A receiver that always answers so."""
    return lambda _: Answer(status, headers, b"as ever")
