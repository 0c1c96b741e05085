"""The worker's decoder and broken photos, in a process of its own whose death is seen.

The worker decodes in its own process. So what is asked here is whether a broken photo can end it,
hold it, or raise what it does not expect.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from inference.errors import UnreadablePhoto
from inference.image import decode

HANGS = 10.0  # seconds


@dataclass
class Outcome:
    """How decoding went.

    Attributes:
        ends: how many were `decoded`, `refused`, or ended in an error that nobody expects.
        crashes: numbers of the photos that ended the process.
        hangs: numbers of those that took longer than HANGS.
        slowest: seconds of one photo.
    """

    ends: Counter[str] = field(default_factory=Counter[str])
    crashes: list[int] = field(default_factory=list)
    hangs: list[int] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def unclassified(self) -> int:
        """How many ended in an error that nobody expects."""
        return self.ends.total() - self.ends["decoded"] - self.ends["refused"]


def decode_all(photos: Sequence[bytes]) -> Outcome:
    """Decode every photo as the worker does; a new process goes on where one died."""
    outcome, at = Outcome(), 0
    while at < len(photos):
        at = _decode_from(photos, at, outcome)
    return outcome


def cpu_seconds(photo: bytes) -> float:
    """Decode a photo here; what it costs, whatever comes of it."""
    began = time.process_time()
    _end_of(photo)
    return time.process_time() - began


def _decode_from(photos: Sequence[bytes], first: int, outcome: Outcome) -> int:
    """Decode until the end or the child's death; the number of the next photo."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs,))
    child.start()
    theirs.close()
    try:
        for number in range(first, len(photos)):
            ours.send_bytes(photos[number])
            if not ours.poll(HANGS):
                outcome.hangs.append(number)
                return number + 1
            end, seconds = ours.recv()
            outcome.ends[end] += 1
            outcome.slowest = max(outcome.slowest, seconds)
    except (EOFError, ConnectionError):
        outcome.crashes.append(number)
        return number + 1
    finally:
        child.kill()
        child.join()
    return len(photos)


def _serve(pipe: Connection) -> None:
    """Decode what comes; say how it ended and the seconds it took."""
    while True:
        data = pipe.recv_bytes()
        began = time.perf_counter()
        pipe.send((_end_of(data), time.perf_counter() - began))


def _end_of(data: bytes) -> str:
    try:
        decode(data)
    except UnreadablePhoto:
        return "refused"
    except Exception as error:
        return repr(error)
    return "decoded"
