"""A web server on this machine that answers as its address says, and a socket that only counts."""

import socket
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


class Canary:
    """Counts the TCP connections that arrive, on IPv4 and IPv6 of this machine, at one port."""

    def __init__(self) -> None:
        self.accepted = 0
        self._v4 = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._v4.getsockname()[1])
        self._v6 = socket.create_server(("::1", self.port), family=socket.AF_INET6)
        self._listening = (self._v4, self._v6)
        for listener in self._listening:
            listener.setblocking(False)

    def count(self) -> int:
        """Accept what waits; how many arrived so far."""
        for listener in self._listening:
            while True:
                try:
                    connection, _ = listener.accept()
                except BlockingIOError:
                    break
                connection.close()
                self.accepted += 1
        return self.accepted

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listening:
            listener.close()
