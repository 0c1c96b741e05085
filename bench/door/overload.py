"""Three times as many scenes as a process can accept, for half a minute.

Arrivals do not wait for answers, as those of many clients do not. Beside them something recognises,
at a fixed pace, so the queue is full but moves.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat

from bench.door import photos, uploading, wire
from bench.door.server import Server
from demo.client import API
from storage import work
from storage.records import Records

BOUND = 100  # open scenes
PACE = 30  # scenes a second that the stand-in of a worker recognises
TIMES = 3  # the capacity
_MOST_AT_ONCE = 400  # connections of the client
_CREATED, _OK, _LATER = 201, 200, 503
_NORMAL = 0.5  # seconds in which a request on its own is answered


@dataclass(frozen=True)
class Overloaded:
    """What happened; times in milliseconds unless they say otherwise."""

    capacity: float  # scenes a second, when each of 16 clients waits for its answers
    offered: int
    accepted: int
    refused: int
    other: int  # any other answer, or none
    accepted_p99: float
    health_p99: float
    longest_queue: int  # open scenes
    grown: int  # bytes
    seconds_to_normal: float


def measure(server: Server, seconds: float) -> Overloaded:
    """Overload the server, which must have `max_open_scenes=BOUND` and no rate limit."""
    token = server.token()
    request = _scene(server, token)
    with _recognising(server, pace=1000):
        found = wire.send(server.ports[0], repeat(request, 500), connections=16)
    before = server.resident()
    with _recognising(server, pace=PACE) as longest:
        arrived = asyncio.run(_arrive(server.ports[0], request, TIMES * found.rate(), seconds))
        normal = _seconds_to_normal(server.ports[0], request)
    answers, health = arrived
    statuses = [status for status, _ in answers.took]
    return Overloaded(
        capacity=found.rate(),
        offered=len(statuses),
        accepted=statuses.count(_CREATED),
        refused=statuses.count(_LATER),
        other=len(statuses) - statuses.count(_CREATED) - statuses.count(_LATER),
        accepted_p99=answers.p99(_CREATED),
        health_p99=health.p99(_OK),
        longest_queue=max(longest),
        grown=server.resident() - before,
        seconds_to_normal=normal,
    )


def _scene(server: Server, token: str) -> wire.Parts:
    """Upload a photo and make the request for a scene of it."""
    wire.send(server.ports[0], uploading.requests(photos.sound_kinds()[:1], token), connections=1)
    body = b'{"images":[1],"report_types":["FACING_COUNT"]}'
    head = wire.head(
        "POST",
        f"{API}/recognize",
        len(body),
        Authorization=f"Token {token}",
        Content_Type="application/json",
    )
    return head, body


async def _arrive(
    port: int, request: wire.Parts, rate: float, seconds: float
) -> tuple[wire.Answers, wire.Answers]:
    """Let requests arrive at a rate, and ask for health ten times a second beside them."""
    answers, health = wire.Answers(), wire.Answers()
    free: asyncio.Queue[wire.Connection] = asyncio.Queue()
    for _ in range(_MOST_AT_ONCE):
        free.put_nowait(wire.Connection(port))
    beside = asyncio.create_task(_ask_for_health(port, health))
    began, under_way = time.perf_counter(), set[asyncio.Task[None]]()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
        task = asyncio.create_task(_ask(free, request, answers))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    beside.cancel()
    return answers, health


async def _ask(
    free: asyncio.Queue[wire.Connection], request: wire.Parts, answers: wire.Answers
) -> None:
    began = time.perf_counter()
    connection = await free.get()
    try:
        status = await connection.ask(request)
    finally:
        free.put_nowait(connection)
    answers.took.append((status, time.perf_counter() - began))


async def _ask_for_health(port: int, health: wire.Answers) -> None:
    connection, request = wire.Connection(port), (wire.head("GET", "/healthz", 0),)
    while True:
        began = time.perf_counter()
        status = await connection.ask(request)
        health.took.append((status, time.perf_counter() - began))
        await asyncio.sleep(0.1)


def _seconds_to_normal(port: int, request: wire.Parts) -> float:
    """Ask again and again until a scene is accepted as fast as ever; seconds until then."""
    began = time.perf_counter()
    while True:
        (status, took), *_ = wire.send(port, [request], connections=1).took
        if status == _CREATED and took < _NORMAL:
            return time.perf_counter() - began
        time.sleep(0.1)


@contextmanager
def _recognising(server: Server, *, pace: int) -> Iterator[list[int]]:
    """Finish so many open scenes a second; gives the lengths of the queue as they were seen."""
    records, over = Records(f"sqlite:///{server.folder / 'records.db'}"), threading.Event()
    lengths: list[int] = []

    def recognise() -> None:
        while not over.wait(0.2):
            lengths.append(_finish(records, pace // 5))

    thread = threading.Thread(target=recognise)
    thread.start()
    try:
        yield lengths
    finally:
        over.set()
        thread.join()
        records.close()


def _finish(records: Records, most: int) -> int:
    """Finish up to so many scenes; how many were open before."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    with records.light_transaction() as tx:
        were_open = work.backlog(tx)
        for one in work.claim_due(
            tx, work.RECOGNIZE_SCENE, owner="bench", now=now, lease=hour, limit=most
        ):
            work.finish(tx, one.id, now=now)
    return were_open
