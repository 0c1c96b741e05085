"""Many connections that never come to an end, and what a good client notices of them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bench.door import wire
from bench.door.malformed import API
from bench.door.server import Server

SOCKETS = 500
_PAUSE = 1.0  # seconds between two bytes of one connection
_BETWEEN = 0.05  # between two good requests
_OK = 200


@dataclass(frozen=True)
class Held:
    """What came of it.

    Attributes:
        asked: good requests, each over a connection of its own.
        failed: that got no 200.
        p99: milliseconds from its connection to its answer.
        held: connections that were still open at the end.
        grown: bytes of memory that the process has more.
    """

    asked: int
    failed: int
    p99: float
    held: int
    grown: int


def measure(server: Server, seconds: float, sockets: int = SOCKETS) -> Held:
    """Hold so many connections for so long: half dribble a head, half a photo."""
    token = server.token()
    return asyncio.run(_measure(server, token, seconds, sockets))


async def _measure(server: Server, token: str, seconds: float, sockets: int) -> Held:
    port, before = server.ports[0], server.resident()
    heads = _beginnings(token)
    dribbling = [asyncio.create_task(_dribble(port, next(heads))) for _ in range(sockets)]
    await asyncio.sleep(2 * _PAUSE)
    answers, until = wire.Answers(), time.monotonic() + seconds
    asked = wire.head("GET", f"{API}/reports/", 0, Authorization=f"Token {token}")
    while time.monotonic() < until:
        began, connection = time.perf_counter(), wire.Connection(port)
        status = await connection.ask([asked])
        answers.took.append((status, time.perf_counter() - began))
        connection.close()
        await asyncio.sleep(_BETWEEN)
    held, grown = sum(not task.done() for task in dribbling), server.resident() - before
    for task in dribbling:
        task.cancel()
    await asyncio.gather(*dribbling, return_exceptions=True)
    await asyncio.sleep(0.1)  # until all are closed
    failed = sum(status != _OK for status, _ in answers.took)
    return Held(len(answers.took), failed, answers.p99(_OK), held, grown)


def _beginnings(token: str) -> Iterator[bytes]:
    """In turns: the first line of a request, and the head of an upload of a megabyte."""
    photo = {"Authorization": f"Token {token}", "Content_Type": "multipart/form-data; boundary=x"}
    while True:
        yield f"GET {API}/reports/ HTTP/1.1\r\nX-Long: ".encode()
        yield wire.head("POST", f"{API}/uploads/", 1_000_000, **photo)


async def _dribble(port: int, beginning: bytes) -> None:
    """Send a byte now and then, until the server has enough of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(beginning)
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(65536), _PAUSE)
    except ConnectionError:
        pass
    finally:
        writer.close()
