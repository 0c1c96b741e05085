"""Send every message that is due, many side by side, until there is none.

A receiver that hangs holds up its own messages alone: few of one lane are sent at a time, and who
waits for them goes on with the others meanwhile.
"""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from flows.resources import Resources, now
from storage import failpoints, lanes, work
from storage.work import Work

AT_ONCE = 16  # messages sent side by side
PER_LANE = 4  # of them to one endpoint, or to one host of addresses that calls named, by everyone
LOOK_SECONDS = 0.5  # after which who waits for receivers asks what else is due


class Pending(Protocol):
    """An attempt under way: a future of Prefect, or of a pool of threads."""

    def add_done_callback(self, fn: Callable[[Any], None], /) -> object:
        """Have `fn` called when it ended."""
        ...


def send_due(tools: Resources, submit: Callable[[Work], Pending], *, seconds: float) -> bool:
    """Send what is due and held by nobody.

    Args:
        submit: starts one attempt, in another thread.
        seconds: after which nothing more is taken; what is under way ends.

    Returns:
        Whether there may be more.
    """
    ended, under_way, until = SimpleQueue[Any](), 0, time.monotonic() + seconds
    while (in_time := time.monotonic() < until) or under_way:
        claimed = claim(tools, AT_ONCE - under_way) if in_time else []
        for one in claimed:
            submit(one).add_done_callback(ended.put)
        under_way += len(claimed)
        if not under_way:
            return False
        under_way -= _wait(ended)
    return True


def claim(tools: Resources, limit: int) -> list[Work]:
    """Take what may be sent now, again when others took it meanwhile; none = nothing may."""
    while ids := _next_due(tools, limit):
        with tools.records.transaction() as tx:
            claimed = work.claim_these(
                tx, ids, owner=tools.owner, now=now(), lease=tools.message_lease
            )
        failpoints.hit("messages claimed")
        if claimed:
            return claimed
    return []


def _next_due(tools: Resources, limit: int) -> list[int]:
    with tools.records.reading() as tx:
        return lanes.next_due(tx, now=now(), limit=limit, per_lane=PER_LANE)


def _wait(ended: SimpleQueue[Any]) -> int:
    """Wait until something ended, but not for long; how much did."""
    try:
        ended.get(timeout=LOOK_SECONDS)
    except Empty:
        return 0
    count = 1
    while not ended.empty():
        ended.get()
        count += 1
    return count
