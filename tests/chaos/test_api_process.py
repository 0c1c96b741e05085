"""What an API process does when it is stopped under load, and when its disk is full."""

import resource
import socket
import time
from pathlib import Path

import pytest
import urllib3

from demo.client import API, CallFailed
from tests.chaos.server import Server, photo, serving
from tests.flows.plant import wait_for
from up import answers

REQUESTS = 5
STOP_SECONDS = 30
_BOUNDARY = "chaos"


def half_sent(server: Server, path: Path) -> tuple[socket.socket, bytes]:
    """An upload whose second half is not sent yet."""
    part = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="datafile"; filename="a.jpg"\r\n'
    body = f"{part}Content-Type: image/jpeg\r\n\r\n".encode() + path.read_bytes()
    body += f"\r\n--{_BOUNDARY}--\r\n".encode()
    head = (
        f"POST {API}/uploads/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Token {server.client.token}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n\r\n"
    ).encode()
    connection = socket.create_connection(("127.0.0.1", server.settings.port), timeout=30)
    connection.sendall(head + body[: len(body) // 2])
    return connection, body[len(body) // 2 :]


def test_a_stopped_api_answers_what_it_began(tmp_path: Path):
    """SIGTERM while photos are on their way: each gets its 201, then the process ends."""
    with serving(tmp_path) as server:
        begun = [half_sent(server, photo(tmp_path, number)) for number in range(REQUESTS)]
        time.sleep(0.5)  # the server has read what was sent
        began = time.monotonic()
        server.process.terminate()
        time.sleep(0.5)
        for connection, rest in begun:
            connection.sendall(rest)
        replies = [connection.recv(65536) for connection, _ in begun]
        code = server.process.wait(STOP_SECONDS)
        for connection, _ in begun:
            connection.close()

    assert [b"HTTP/1.1 201"] * REQUESTS == [reply[:12] for reply in replies]
    assert code == 0
    assert time.monotonic() - began < STOP_SECONDS


def test_who_listens_for_events_does_not_hold_up_the_end(tmp_path: Path):
    """Each stream ends, whole, as soon as the process is told to end, and not after ten seconds."""
    with serving(tmp_path) as server:
        image = server.client.upload(photo(tmp_path, 0))
        scene = server.client.post(f"{API}/recognize/", json={"images": [image]})["scene"]
        url = f"{server.settings.api_url}/scenes/{scene}/events"
        token = {"Authorization": f"Token {server.client.token}"}
        streams = [
            urllib3.PoolManager().request("GET", url, headers=token, preload_content=False).stream()
            for _ in range(3)
        ]
        heard = [next(stream) for stream in streams]
        began = time.monotonic()
        server.process.terminate()
        heard = [begun + b"".join(rest) for begun, rest in zip(heard, streams, strict=True)]
        code = server.process.wait(STOP_SECONDS)
        seconds = time.monotonic() - began

    assert [True] * 3 == [b"event: accepted" in text for text in heard]
    assert (0, True) == (code, seconds < 5), seconds


def test_a_full_disk_is_told_and_survived(tmp_path: Path):
    """No file may grow: 503 with Retry-After, not ready, reads go on; then all goes on."""
    with serving(tmp_path) as server:
        image = server.client.upload(photo(tmp_path, 0))
        accepted = server.client.post(f"{API}/recognize/", json={"images": [image]})
        _, most = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, most))
        began = time.monotonic()
        ready = answers(f"{server.settings.api_url}/readyz")
        told_after = time.monotonic() - began
        refused = upload_reply(server, tmp_path)
        read = server.client.get(f"{API}/uploads/{image}/")
        with pytest.raises(CallFailed, match="503"):
            server.client.post(f"{API}/recognize/", json={"images": [image]})
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, most))
        wait_for(lambda: answers(f"{server.settings.api_url}/readyz"), seconds=30)
        again = server.client.upload(photo(tmp_path, 2))
        scene = server.client.get(f"/scenes/{accepted['scene']}", headers=JSON)

    assert (False, 503, image) == (ready, refused.status, read["id"])
    assert int(refused.headers["Retry-After"]) > 0
    assert told_after < 5
    assert again > image
    assert "ACCEPTED" == scene["status"]


JSON = {"Accept": "application/json"}


def upload_reply(server: Server, folder: Path) -> urllib3.BaseHTTPResponse:
    """Upload another photo; the reply whatever it is."""
    return urllib3.request(
        "POST",
        f"{server.settings.api_url}{API}/uploads/",
        fields={"datafile": ("a.jpg", photo(folder, 1).read_bytes(), "image/jpeg")},
        headers={"Authorization": f"Token {server.client.token}"},
        retries=False,
    )
