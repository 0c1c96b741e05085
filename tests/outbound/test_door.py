"""The one outbound door never raises for a POST, and fetches no more than it was asked to."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from outbound.addresses import networks
from outbound.door import Door, NotFetched
from tests.outbound.receiver import Server, running

HERE = Door(networks("127.0.0.0/8"))


@pytest.fixture
def server() -> Iterator[Server]:
    """A receiver on this machine."""
    with running() as server:
        yield server


def fetch(url: str, *, most: int = 1000, seconds: float = 5, door: Door = HERE) -> bytes:
    """Fetch from this machine."""
    return asyncio.run(door.fetch(url, most=most, seconds=seconds))


def test_success_is_any_2xx(server: Server):
    """204 is as good as 200, and the body arrives as it was given."""
    reply = HERE.post(f"{server.url}/204", b'{"id":1}', seconds=5)

    assert (204, None) == (reply.status, reply.problem)
    assert [("/204", b'{"id":1}')] == server.heard


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_failures_and_not_followed(server: Server, status: int):
    """One request, no second one to where the answer points."""
    reply = HERE.post(f"{server.url}/{status}", b"{}", seconds=5)

    assert status == reply.status
    assert reply.problem is not None
    assert 1 == len(server.heard)


def test_an_error_of_the_receiver_is_a_problem(server: Server):
    """500 comes back as its number and a sentence."""
    reply = HERE.post(f"{server.url}/500", b"{}", seconds=5)

    assert 500 == reply.status
    assert "500" in (reply.problem or "")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "http://", "ftp://host/x", "x"]
)
def test_no_answer_is_a_problem_not_an_exception(url: str):
    """Refused, unknown and nonsense addresses alike."""
    reply = HERE.post(url, b"{}", seconds=5)

    assert reply.status is None
    assert reply.problem


def test_what_is_not_open_is_not_posted_to(server: Server):
    """The problem names the setting, and nothing arrives."""
    reply = Door().post(f"{server.url}/200", b"{}", seconds=5)

    assert reply.status is None
    assert "GONDOLA_OUTBOUND_ALLOW" in (reply.problem or "")
    assert [] == server.heard


def test_bytes_are_fetched_as_they_are(server: Server):
    """What the address serves comes back."""
    server.body = bytes(range(256))

    assert server.body == fetch(f"{server.url}/200")


def test_one_byte_more_tells_that_there_was_more(server: Server):
    """A body without end is not read to its end."""
    server.body = b"x" * 5000

    assert b"x" * 101 == fetch(f"{server.url}/200", most=100)


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 404, 500])
def test_any_status_but_200_fetches_nothing(server: Server, status: int):
    """No redirect is followed."""
    with pytest.raises(NotFetched):
        fetch(f"{server.url}/{status}")

    assert [(f"/{status}", b"")] == server.heard


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"no HTTP at all\r\n\r\n",
    ],
)
def test_a_broken_answer_fetches_nothing(answer: bytes):
    """Whatever a server sends, it is one error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve_once, args=(listener, answer), daemon=True).start()

        with pytest.raises(NotFetched):
            fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/")


def test_a_server_that_drips_is_left():
    """The time is for the whole exchange, however often something arrives."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener, head, b"x" * 100)
        threading.Thread(target=_serve_once, args=arguments, daemon=True).start()

        with pytest.raises(NotFetched):
            fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)


def _serve_once(listener: socket.socket, answer: bytes, drops: bytes = b"") -> None:
    connection, _ = listener.accept()
    pause = threading.Event()
    with connection:
        connection.recv(4096)
        try:
            connection.sendall(answer)
            for drop in drops:
                connection.sendall(bytes([drop]))
                pause.wait(0.1)
        except OSError:
            pass


@pytest.mark.parametrize("url", ["http://[::]:8e@", "http://[", "http://a:99999/", "x"])
def test_an_address_that_nobody_can_read_is_a_failure(url: str):
    """Of the message or the upload, never an exception of a kind nobody expects."""
    assert HERE.post(url, b"{}", seconds=1).problem
    with pytest.raises(NotFetched):
        fetch(url)
