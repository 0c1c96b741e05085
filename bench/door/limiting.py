"""Whether anybody gets more than the limit, and what a flood of bad tokens costs."""

import asyncio
import random
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from bench.door import raw, wire
from bench.door.malformed import API, Raw, message
from bench.door.server import Server
from storage import migrate, rates
from storage.records import Records

SEED = 1
ASKED, LIMIT = 4000, 100
TOLD = b"This field is required."  # what an empty scene is told once it is let through
GUESSES = 100  # from one address; 60 a minute are looked up
_AT_ONCE = 16  # connections
_UNKNOWN, _TOO_MANY = 401, 429
_CLAIMS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via", "CF-Connecting-IP")
_CLAIMED = ("1.2.3.4", "for=1.2.3.4", "127.0.0.1", "::1", "10.0.0.1, 1.2.3.4", "unknown")


def accepted_of_many(server: Server, asked: int = ASKED) -> tuple[int, float]:
    """Ask with one token at all processes at once; how many were let through, in how many seconds.

    What is let through is an empty scene, which is a 400.
    """
    token = server.token()
    answers: list[wire.Answers] = []

    def ask(port: int) -> None:
        share = asked // len(server.ports)
        answers.append(wire.send(port, _empty_scenes(share, token), connections=8))

    threads = [threading.Thread(target=ask, args=(port,)) for port in server.ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    let_through = sum(status != _TOO_MANY for one in answers for status, _ in one.took)
    return let_through, max(one.seconds for one in answers)


def _empty_scenes(amount: int, token: str) -> Iterator[wire.Parts]:
    head = wire.head(
        "POST",
        f"{API}/recognize",
        2,
        Authorization=f"Token {token}",
        Content_Type="application/json",
    )
    for _ in range(amount):
        yield head, b"{}"


def evaders(amount: int, token: str, seed: int = SEED) -> Iterator[Raw]:
    """Make requests of one token that claim to be others, or to ask for something else."""
    r = random.Random(seed)  # noqa: S311  the same every time
    for number in range(amount):
        raw_one = _EVASIONS[number % len(_EVASIONS)](r)
        yield Raw(raw_one.data.replace(b"TOKEN", token.encode()), raw_one.ends)


def _claims(r: random.Random) -> Raw:
    claim = f"{r.choice(_CLAIMS)}: {r.choice(_CLAIMED)}\r\n".encode()
    return _scene(f"{API}/recognize", more=claim * r.choice((1, 2)))


def _paths(r: random.Random) -> Raw:
    spellings = (
        "/api/v1.5//recognize",
        "//api/v1.5/recognize",
        "/api/v1.5/recognize//",
        "/api/v1.5/recognize/?x=1",
        "/api/v1.5/./recognize",
        "/api/v1.5/x/../recognize",
        "/api/v1.5/recognize%2f",
        "/api/v1.5/%72ecognize",
        "/API/v1.5/recognize",
        "/api/v1.5/Recognize",
        "/api/v1.5/recognize;a=b",
        "/api/v1.5/recognize%20",
        "/api/v1.5/recognize#x",
        "http://other/api/v1.5/recognize",
    )
    return _scene(r.choice(spellings) + r.choice(("", "/", "?", "?a=1")))


def _schemes(r: random.Random) -> Raw:
    schemes = ("token TOKEN", "TOKEN TOKEN", "Token  TOKEN", " Token TOKEN ", "Token\tTOKEN")
    schemes += ("ToKeN TOKEN", "Token TOKEN\t", "Token \tTOKEN")
    values = r.choice(schemes)
    line = b"Authorization: " + values.encode().replace(b"TOKEN TOKEN", b"tOKEN TOKEN") + b"\r\n"
    return _scene(f"{API}/recognize{r.choice(('', '/'))}", more=line * r.choice((1, 1, 2)))


def _methods(r: random.Random) -> Raw:
    method = r.choice(("HEAD", "OPTIONS", "PUT", "post", "POST"))
    more = f"X-HTTP-Method-Override: POST\r\nX-Request-ID: {r.randrange(10**9)}\r\n".encode()
    more += b"Host: other\r\n" if r.random() < 0.1 else b""  # noqa: PLR2004
    return message(method, f"{API}/recognize", b"{}", "application/json", more)


def _versions(r: random.Random) -> Raw:
    sent = _scene(f"{API}/recognize", more=r.choice((b"Connection: close\r\n", b"")))
    return Raw(sent.data.replace(b"HTTP/1.1", r.choice((b"HTTP/1.0", b"HTTP/1.1")), 1))


def _scene(path: str, more: bytes = b"") -> Raw:
    return message("POST", path, b"{}", "application/json", more)


_EVASIONS = (_claims, _paths, _schemes, _methods, _versions)


def evaded(server: Server, amount: int) -> tuple[int, int]:
    """Use the limit up, then try everything; how many were tried, and how many got through."""
    token = server.token()
    wire.send(server.ports[0], _empty_scenes(LIMIT + 1, token), connections=4)
    outcome = raw.send_all(server, evaders(amount, token))
    return outcome.sent, sum(TOLD in answer for answer in outcome.answers)


def overfull_windows(patterns: int, limit: int = 5, seed: int = SEED) -> int:
    """Let requests arrive at random, often in bursts; windows of a minute that held too many."""
    r, over, start = random.Random(seed), 0, datetime(2026, 1, 1, tzinfo=UTC)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/records.db"
        migrate.upgrade(url)
        records = Records(url)
        for pattern in range(patterns):
            accepted, at = deque[float](maxlen=limit + 1), 0.0
            with records.light_transaction() as tx:
                for _ in range(r.randint(2, 20)):
                    at += r.choice((0.0, 0.1, 5.0, 59.9, 60.0)) * r.random()
                    now = start + timedelta(seconds=at)
                    if rates.take(tx, str(pattern), limit, now=now).accepted:
                        accepted.append(at)
                        over += len(accepted) > limit and at - accepted[0] < 60  # noqa: PLR2004
        records.close()
    return over


def status_of(port: int, token: str) -> int:
    """Ask for the reports with a token; what status comes back."""
    asked = (wire.head("GET", f"{API}/reports/", 0, Authorization=f"Token {token}"),)
    return wire.send(port, [asked], connections=1).took[0][0]


@dataclass(frozen=True)
class Flood:
    """What became of guessed tokens.

    Attributes:
        sent: so many, each another one.
        looked_up: answered with 401.
        refused: answered with 429, without a look into the records.
        grown: bytes of memory that the processes have more afterwards.
    """

    sent: int
    looked_up: int
    refused: int
    grown: int


def flood(server: Server, amount: int) -> Flood:
    """Guess so many different tokens, 100 from each of many addresses."""
    port = server.ports[0]
    asyncio.run(_guess(port, 20 * GUESSES, "warm", Counter()))
    before, statuses = server.resident(), Counter[int]()
    asyncio.run(_guess(port, amount, "bad", statuses))
    grown = server.resident() - before
    return Flood(amount, statuses[_UNKNOWN], statuses[_TOO_MANY], grown)


async def _guess(port: int, amount: int, name: str, statuses: Counter[int]) -> None:
    first = ip_address("127.1.0.0" if name == "warm" else "127.2.0.0")
    begins = iter(range(0, amount, GUESSES))

    async def guess_on() -> None:
        for begin in begins:
            connection = wire.Connection(port, str(first + begin // GUESSES))
            for number in range(begin, min(begin + GUESSES, amount)):
                token = f"Token {name}{number:040d}"
                asked = (wire.head("GET", f"{API}/reports/", 0, Authorization=token),)
                statuses[await connection.ask(asked)] += 1
            connection.close()

    await asyncio.gather(*(guess_on() for _ in range(_AT_ONCE)))
