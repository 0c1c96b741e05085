"""When the wall clock is set back, what Prefect has planned lies ahead, for as long as that.

A run that Prefect has told to wait for its time sleeps in our thread and cannot be woken, and no
run of a schedule is planned before those that are. So the plan is made anew, and the worker ends
as if somebody had asked it to: whoever keeps it running starts it again. Times in our own records
are brought back by the sweep, see `storage.ahead`.
"""

import logging
import time
from asyncio import Event
from contextlib import suppress

import anyio

from flows.deploy import deploy

LOOK_SECONDS = 5.0
STEP = 60.0  # seconds; who is late by less waits
log = logging.getLogger("gondola.worker")


class WallClock:
    """Compares the wall clock with one that nobody sets."""

    def __init__(self) -> None:
        self._ahead = _ahead()

    def set_back(self) -> float:
        """Seconds by which the clock was set back since we looked last; 0 = it goes on."""
        before, self._ahead = self._ahead, _ahead()
        return max(before - self._ahead, 0.0)


def _ahead() -> float:
    return time.time() - time.monotonic()


async def end_when_set_back(stop: Event) -> None:
    """Watch the clock for as long as the worker runs; ask it to end when it was set back."""
    clock = WallClock()
    while not stop.is_set():
        await anyio.sleep(LOOK_SECONDS)
        if (seconds := clock.set_back()) > STEP:
            log.warning("clock_set_back", extra={"seconds": round(seconds)})
            with suppress(Exception):  # no Prefect: the next worker waits for its plan
                await deploy(anew=True)
            stop.set()
