"""A web server on this machine that answers as its address says, and a socket that only counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Heard = list[tuple[str, bytes]]


class Server:
    """Answers with the status named in the path and notes what it heard."""

    def __init__(self) -> None:
        self.heard: Heard = []
        self.body = b"{}"  # of what is fetched
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.heard.append((self.path, body))
                self._answer(b"")

            def do_GET(self) -> None:
                server.heard.append((self.path, b""))
                self._answer(server.body)

            def _answer(self, body: bytes) -> None:
                self.send_response(int(self.path.strip("/")))
                self.send_header("Location", "/200")
                self.send_header("Refresh", "0; url=/200")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and stop it."""
    server = Server()
    try:
        yield server
    finally:
        server.stop()
