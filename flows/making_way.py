"""Work on history makes way for scenes that somebody waits for.

It runs in threads the system gives what others leave, and waits before every step while a live
scene is due: a scene that arrives in the middle of a step shares the machine until that step ends.
"""

import os
import threading
import time
from contextlib import suppress

from flows.dead_workers import HOST
from flows.resources import Resources, now
from storage import history

LOOK_SECONDS = 0.25  # between two looks whether live work has ended
LEAST = 19  # niceness: next to nothing while others compute, all of it while they do not


def make_way(tools: Resources) -> None:
    """Return when nobody waits for a scene or report that this host works on or could.

    Raises:
        RecordsUnavailable: nobody knows.
    """
    while _must_wait(tools):
        time.sleep(LOOK_SECONDS)


def _must_wait(tools: Resources) -> bool:
    with tools.records.reading() as tx:
        return history.must_wait(tx, f"{HOST}:", now=now())


def step_back() -> None:
    """Let this thread, and those it will start, compute when nobody else wants to.

    Threads that commit to the records must not: they hold a lock that others wait for.
    """
    with suppress(OSError):  # systems on which a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST)
