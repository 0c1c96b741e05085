"""HTTP/1.1 as bytes over connections that stay open: cheap, and it sends what no client would."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Parts = Sequence[bytes]  # of one request, head and body


@dataclass
class Answers:
    """What came back.

    Attributes:
        seconds: in all, from the first byte sent to the last one received.
        took: (status, seconds) of each request, in the order of the answers.
    """

    seconds: float = 0.0
    took: list[tuple[int, float]] = field(default_factory=list)

    def rate(self) -> float:
        """Answers per second."""
        return len(self.took) / self.seconds

    def p99(self, *statuses: int) -> float:
        """Milliseconds that 99 of 100 answers with one of these statuses took at most."""
        times = sorted(took for status, took in self.took if status in statuses)
        return times[min(len(times) * 99 // 100, len(times) - 1)] * 1000 if times else 0.0


def head(method: str, path: str, length: int, **headers: str) -> bytes:
    """Write the head of a request with a body of so many bytes; `_` in names becomes `-`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: door", f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def send(port: int, requests: Iterable[Parts], *, connections: int) -> Answers:
    """Send the requests over so many connections at once, each as soon as its last was answered."""
    return asyncio.run(send_now(port, requests, connections=connections))


async def send_now(port: int, requests: Iterable[Parts], *, connections: int) -> Answers:
    """As `send`, in the event loop that runs."""
    answers, waiting = Answers(), iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_converse(port, waiting, answers) for _ in range(connections)))
    answers.seconds = time.perf_counter() - began
    return answers


class Connection:
    """One connection, opened at its first request and again after the server closed it.

    Args:
        port: of 127.0.0.1.
        source: one of 127.0.0.0/8, as whom to come; None = as it happens.
    """

    def __init__(self, port: int, source: str | None = None) -> None:
        self._port, self._source = port, source
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, parts: Parts) -> int:
        """Send a request and read its answer; its status, 0 = there was none."""
        if self._streams is None:
            source = (self._source, 0) if self._source else None
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, local_addr=source
            )
        reader, writer = self._streams
        try:
            writer.writelines(parts)
            return await _read(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            return 0

    def close(self) -> None:
        """Let it go."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _converse(port: int, requests: Iterator[Parts], answers: Answers) -> None:
    connection = Connection(port)
    for parts in requests:
        began = time.perf_counter()
        status = await connection.ask(parts)
        answers.took.append((status, time.perf_counter() - began))
    connection.close()


async def _read(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status."""
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    await reader.readexactly(lengths[0] if lengths else 0)
    return int(lines[0].split()[1])
