"""Sends requests as bytes, each over a connection of its own, and sees what becomes of them.

Whatever arrives, the answer is no server error, it comes soon, and the process goes on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.door.malformed import FAMILIES, SEED, Family, Raw, requests
from bench.door.server import Server

CONNECTIONS = 16
PATIENCE = 5.0  # seconds for an answer
_SERVER_ERROR = 500


@dataclass
class Outcome:
    """What became of the requests."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter[int])  # 0 = closed without an answer
    slowest: float = 0.0  # seconds to an answer
    wrong: list[bytes] = field(default_factory=list)  # begins of those with a 5xx or no end
    answers: list[bytes] = field(default_factory=list)  # begins of the answers

    @property
    def server_errors(self) -> int:
        """How many were answered with a 5xx."""
        return sum(n for status, n in self.statuses.items() if status >= _SERVER_ERROR)


def attack(
    server: Server, amount: int, families: Sequence[Family] | None = None, seed: int = SEED
) -> Outcome:
    """Send so many requests of these families, or of all, in turns."""
    made = requests(amount, server.token(), families or FAMILIES, seed)
    return send_all(server, made)


def send_all(server: Server, raws: Iterator[Raw]) -> Outcome:
    """Send each request over a connection of its own, some at a time."""
    return asyncio.run(_attack(server.ports[0], raws))


async def _attack(port: int, raws: Iterator[Raw]) -> Outcome:
    outcome = Outcome()

    async def send_on() -> None:
        for raw in raws:
            await _send(port, raw, outcome)

    await asyncio.gather(*(send_on() for _ in range(CONNECTIONS)))
    return outcome


async def _send(port: int, raw: Raw, outcome: Outcome) -> None:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    outcome.sent += 1
    status = -1
    try:
        writer.write(raw.data)
        if not raw.ends:
            writer.write_eof()
        answer = await asyncio.wait_for(_begin(reader), PATIENCE)
        outcome.answers.append(answer)
        status = int(answer.split()[1]) if answer else 0
        outcome.slowest = max(outcome.slowest, time.perf_counter() - began)
    except ConnectionError:
        status = 0
    except TimeoutError:
        pass
    finally:
        writer.close()
    outcome.statuses[status] += 1
    if status < 0 or status >= _SERVER_ERROR:
        outcome.wrong.append(raw.data[:300])


async def _begin(reader: asyncio.StreamReader) -> bytes:
    """Read the head of an answer, and what came with it; empty when nothing came."""
    answer = b""
    while b"\r\n\r\n" not in answer and (piece := await reader.read(65536)):
        answer += piece
    return answer
