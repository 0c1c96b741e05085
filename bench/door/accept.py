"""How fast good requests are accepted: uploads and scenes a second, next to bare handlers.

Both accept in turns, in one run on one machine, several times; every figure is the median of the
rounds, the ratio that of rounds beside each other.
"""

import json
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

from psutil import Process

from bench.door import bare, server, wire
from bench.door.wire import Answers, Parts
from bench.photos import CANS, enlarged
from storage import work
from storage.records import Records

CONNECTIONS = 16
ROUNDS = 5
UPLOADS = 400  # in a round; a token may send 100 a minute
SCENES = 800
PHOTO_BYTES = 500_000
_PER_TOKEN = 100
_MEGAPIXELS = 1.55  # then the photo has about 500 kB
_SERIAL = 16  # bytes of picture data that tell one photo from the next
_BOUNDARY = "door"
_CREATED = 201

Round = tuple[float, float, float]  # requests a second, p99 and CPU in milliseconds
Families = tuple[Process, Process]  # ours and the bare one's, with their children
Make = Callable[[int, str], Iterator[Parts]]  # so many, with this token; "" = for the bare one


@dataclass(frozen=True)
class Compared:
    """One kind of request at the platform and at the bare handler."""

    rate: float  # per second
    bare_rate: float
    p99: float  # milliseconds
    bare_p99: float
    cpu: float  # milliseconds of all its threads for one request
    bare_cpu: float

    ratio: float  # of the rates


def measure(rounds: int = ROUNDS, uploads: int = UPLOADS, scenes: int = SCENES) -> list[Compared]:
    """Compare uploads, then scenes."""
    send_photos, send_scenes = _photos(_photo()), _scenes
    with bare.running() as (peer, process), server.running(max_open_scenes=2 * scenes) as ours:
        families = ours.processes[0], process
        return [
            _compare(ours, peer, families, (make, amount), rounds)
            for make, amount in ((send_photos, uploads), (send_scenes, scenes))
        ]


def _compare(
    ours: server.Server, peer: int, families: Families, load: tuple[Make, int], rounds: int
) -> Compared:
    make, amount = load
    mine, theirs = list[Round](), list[Round]()
    for _ in range(rounds + 1):
        tokens = [ours.token() for _ in range(-(-amount // _PER_TOKEN))]
        requests = (request for token in tokens for request in make(_PER_TOKEN, token))
        mine.append(_round(ours.ports[0], requests, families[0]))
        _finish_scenes(ours)
        theirs.append(_round(peer, make(amount, ""), families[1]))
    pairs = list(zip(mine, theirs, strict=True))[1:]  # the first warmed up
    ratio = statistics.median(one[0] / other[0] for one, other in pairs)
    rate, p99, cpu = map(statistics.median, zip(*(one for one, _ in pairs), strict=True))
    theirs_median = map(statistics.median, zip(*(other for _, other in pairs), strict=True))
    bare_rate, bare_p99, bare_cpu = theirs_median
    return Compared(rate, bare_rate, p99, bare_p99, cpu, bare_cpu, ratio)


def _round(port: int, requests: Iterator[Parts], family: Process) -> Round:
    before = _cpu(family)
    answers = _all_made(wire.send(port, requests, connections=CONNECTIONS))
    cpu = (_cpu(family) - before) * 1000 / len(answers.took)
    return answers.rate(), answers.p99(_CREATED), cpu


def _cpu(family: Process) -> float:
    """Seconds of CPU of a process and its children."""
    return sum(sum(one.cpu_times()[:2]) for one in [family, *family.children(True)])


def _finish_scenes(ours: server.Server) -> None:
    """Do what the worker does that is not there: the queue must not grow from round to round."""
    records = Records(f"sqlite:///{ours.folder / 'records.db'}")
    with records.transaction() as tx:
        open_work = work.claim_due(
            tx,
            work.RECOGNIZE_SCENE,
            owner="bench",
            now=datetime.now(UTC),
            lease=timedelta(hours=1),
            limit=1_000_000,
        )
        for one in open_work:
            work.finish(tx, one.id, now=datetime.now(UTC))
    records.close()


def _all_made(answers: Answers) -> Answers:
    refused = [status for status, _ in answers.took if status != _CREATED]
    if refused:
        raise RuntimeError(f"{len(refused)} requests were refused, the first with {refused[0]}.")
    return answers


def _photo() -> bytes:
    """Make a photo of about 500 kB."""
    return enlarged(CANS[0], _MEGAPIXELS)


def _photos(photo: bytes) -> Make:
    """Make requests that upload the photo, each with other picture data."""
    serials = count(1)
    before = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="datafile"; filename="shelf.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    end, after = len(photo) - 2 - _SERIAL, f"\r\n--{_BOUNDARY}--\r\n".encode()
    first, last = before + photo[:end], photo[-2:] + after

    def make(amount: int, token: str) -> Iterator[Parts]:
        for serial in islice(serials, amount):
            head = wire.head(
                "POST",
                "/api/v1.5/uploads" if token else "/uploads",
                len(first) + _SERIAL + len(last),
                Authorization=f"Token {token}",
                Content_Type=f"multipart/form-data; boundary={_BOUNDARY}",
            )
            yield head, first, f"{serial:0{_SERIAL}d}".encode(), last

    return make


def _scenes(amount: int, token: str) -> Iterator[Parts]:
    """Make requests that ask for scenes of two photos."""
    body = json.dumps({"images": [1, 2], "report_types": ["FACING_COUNT", "REALOGRAM"]}).encode()
    for _ in range(amount):
        yield (
            wire.head(
                "POST",
                "/api/v1.5/recognize" if token else "/recognize",
                len(body),
                Authorization=f"Token {token}",
                Content_Type="application/json",
            ),
            body,
        )
