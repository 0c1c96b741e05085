"""How fast good requests are accepted: uploads and scenes a second, next to bare handlers.

Both accept in turns, in one run on one machine, several times; the figure is the median ratio.
"""

import json
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

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

Make = Callable[[int, str], Iterator[Parts]]  # so many, with this token; "" = for the bare one


@dataclass(frozen=True)
class Compared:
    """One kind of request at the platform and at the bare handler."""

    rate: float  # per second, median of the rounds
    bare_rate: float
    ratio: float  # median of the rounds
    p99: float  # milliseconds, worst round
    bare_p99: float


def measure(rounds: int = ROUNDS, uploads: int = UPLOADS, scenes: int = SCENES) -> list[Compared]:
    """Compare uploads, then scenes."""
    send_photos, send_scenes = _photos(_photo()), _scenes
    with server.running(max_open_scenes=2 * scenes) as ours, bare.running() as peer:
        return [
            _compare(ours, peer, make, amount, rounds)
            for make, amount in ((send_photos, uploads), (send_scenes, scenes))
        ]


def _compare(ours: server.Server, peer: int, make: Make, amount: int, rounds: int) -> Compared:
    both: list[tuple[Answers, Answers]] = []
    for number in range(rounds + 1):
        tokens = [ours.token() for _ in range(-(-amount // _PER_TOKEN))]
        requests = (request for token in tokens for request in make(_PER_TOKEN, token))
        mine = _all_made(wire.send(ours.ports[0], requests, connections=CONNECTIONS))
        _finish_scenes(ours)
        requests = make(amount, "")
        theirs = _all_made(wire.send(peer, requests, connections=CONNECTIONS))
        both += [(mine, theirs)] if number else []  # the first round warms up
    return Compared(
        statistics.median(mine.rate() for mine, _ in both),
        statistics.median(theirs.rate() for _, theirs in both),
        statistics.median(mine.rate() / theirs.rate() for mine, theirs in both),
        max(mine.p99(_CREATED) for mine, _ in both),
        max(theirs.p99(_CREATED) for _, theirs in both),
    )


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
