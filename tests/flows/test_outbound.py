"""The one outbound door posts once and never raises."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from flows.outbound import post

Heard = list[tuple[str, bytes]]


class Server:
    """Answers with the status named in the path and notes what it heard."""

    def __init__(self) -> None:
        self.heard: Heard = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append((self.path, body))
                self.send_response(int(self.path.strip("/")))
                self.send_header("Location", "/200")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    """A receiver on this machine."""
    running = Server()
    yield running
    running.stop()


def test_success_is_any_2xx(server: Server):
    """204 is as good as 200, and the body arrives as it was given."""
    reply = post(f"{server.url}/204", b'{"id":1}', seconds=5)

    assert (204, None) == (reply.status, reply.problem)
    assert [("/204", b'{"id":1}')] == server.heard


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_failures_and_not_followed(server: Server, status: int):
    """One request, no second one to where the answer points."""
    reply = post(f"{server.url}/{status}", b"{}", seconds=5)

    assert status == reply.status
    assert reply.problem is not None
    assert 1 == len(server.heard)


def test_an_error_of_the_receiver_is_a_problem(server: Server):
    """500 comes back as its number and a sentence."""
    reply = post(f"{server.url}/500", b"{}", seconds=5)

    assert 500 == reply.status
    assert "500" in (reply.problem or "")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "http://", "ftp://host/x", "x"]
)
def test_no_answer_is_a_problem_not_an_exception(url: str):
    """Refused, unknown and nonsense addresses alike."""
    reply = post(url, b"{}", seconds=5)

    assert reply.status is None
    assert reply.problem
