"""Failpoints: named seams at which tests kill, break or delay the process.

`hit("...")` stands wherever something has just become durable, or is about to; a test picks the
n-th crossing of one seam and what happens there. Without FAILPOINT in the environment a crossing
costs one comparison. It is no setting: an operator has no use for it.

    FAILPOINT="facts written:1:kill"    seam, which crossing, kill | raise | delay | hang
    FAILPOINT_LOG=/tmp/crossed          each crossing is one line of this file
"""

import os
import signal
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

DELAY_SECONDS = 2.0
SEAMS = {  # seam -> where a process stands that crosses it
    "object written": "the bytes are in a temporary file, not synced",
    "object synced": "the temporary file is on disk, without its name",
    "object named": "the object has its name, its folder is not synced",
    "object stored": "object and folders are on disk",
    "transaction begun": "the write lock is held, nothing is written",
    "transaction filled": "everything is written, nothing is committed",
    "transaction committed": "the commit is on disk",
    "photo passed": "the API knows that the photo is sound, nothing is stored",
    "photo stored": "the photo is an object without a row",
    "photo recorded": "its row is committed, the client has no answer",
    "scene written": "rows of a new scene, before their commit",
    "scene committed": "the scene is accepted, the client has no answer",
    "scene answered": "the client has its 201, nobody was nudged",
    "revision committed": "a report is to be made anew, the client has no answer",
    "work claimed": "the lease is taken, nothing is done",
    "work done": "the work is done, its row does not say so",
    "work finished": "its row says so",
    "work failed": "the work failed, its row does not say so",
    "scene opened": "the scene says RUNNING",
    "photo read": "the bytes of a photo are in the worker",
    "photo recognised": "one photo is recognised",
    "photos recognised": "all are, nothing is written",
    "facts table written": "one table of the facts is an object, the next is not",
    "facts written": "all tables are objects, the scene does not point at them",
    "merged facts written": "facts of a day are one file more, the small ones still count",
    "facts recorded": "the scene points at its facts",
    "report computed": "the rows of a report exist in memory",
    "report body stored": "its body is stored, its row says NOT_READY",
    "report ended": "READY or ERROR is written with its message, before their commit",
    "report committed": "READY or ERROR and the message are committed",
    "reports made": "every report has ended, the scene has not",
    "scene finished": "the scene has ended, its webhooks were not asked for",
    "messages claimed": "webhook messages are held, none is sent",
    "message read": "the message is in memory, not sent",
    "message sent": "the receiver has answered, the row does not say so",
    "message settled": "the row says how it went",
    "due work found": "the sweep knows what was missed, and nudged nobody",
    "run claimed": "a worker has claimed a run of Prefect, and not begun",
    "migrations run": "every migration ran, before their one commit",
}


class Broken(Exception):
    """A test broke the process here."""


class Failpoint:
    """One seam that does something at its n-th crossing; threads may cross it."""

    def __init__(self, seam: str = "", nth: int = 0, action: str = "", log: str = "") -> None:
        if seam and (seam not in SEAMS or action not in _ACTIONS):
            raise ValueError(f"There is no failpoint {seam}:{nth}:{action}.")
        self.seam, self.nth, self.action, self.log = seam, nth, action, log
        self.crossings = 0
        self._lock = Lock()

    def cross(self, seam: str) -> None:
        """Note the crossing, and act when it is the one."""
        if self.log:
            with Path(self.log).open("a") as log:
                log.write(f"{seam}\n")
        if seam != self.seam:
            return
        with self._lock:
            self.crossings += 1
            is_the_one = self.crossings == self.nth
        if is_the_one:
            _ACTIONS[self.action](seam)


def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(seam: str) -> None:
    raise Broken(f"Broken at the seam: {seam}.")


def _delay(_: str) -> None:
    time.sleep(DELAY_SECONDS)


def _hang(_: str) -> None:
    time.sleep(3600)


_ACTIONS = {"kill": _kill, "raise": _raise, "delay": _delay, "hang": _hang}


def from_environment(environ: Mapping[str, str]) -> Failpoint | None:
    """Read FAILPOINT and FAILPOINT_LOG; None without them."""
    armed, log = environ.get("FAILPOINT", ""), environ.get("FAILPOINT_LOG", "")
    if not armed:
        return Failpoint(log=log) if log else None
    seam, nth, action = armed.rsplit(":", 2)
    return Failpoint(seam, int(nth), action, log)


_armed = from_environment(os.environ)


def hit(seam: str) -> None:
    """Cross a seam of SEAMS."""
    if _armed is not None:
        _armed.cross(seam)


@contextmanager
def armed(failpoint: Failpoint) -> Generator[Failpoint]:
    """Arm this process's one failpoint for a block."""
    global _armed  # noqa: PLW0603  one per process, as the environment's
    before, _armed = _armed, failpoint
    try:
        yield failpoint
    finally:
        _armed = before
