"""How many scenes an hour a number of slots can take so that they are ready in time.

Scenes come at random (a Poisson process), wait for a free slot in order of arrival, and take as
long as the measured ones did: an M/G/c queue, simulated.

Source: Kiefer and Wolfowitz, On the theory of queues with many servers, 1955: the vector of the
servers' remaining work.
"""

import heapq
import math
import random
from collections.abc import Sequence

ARRIVALS = 20_000  # of one simulation, of which the first tenth only fills the queue
STEPS = 14  # of the bisection: 1 / 2**14 of the range
SHARE = 0.95  # of the scenes that must be ready in time
_SEED = 8


def busiest(seconds: Sequence[float], slots: int, *, ready_in: float) -> float:
    """Find the most scenes an hour of which 95 % are ready in time; 0 when none can be.

    Args:
        seconds: what measured scenes took, with every slot in use.
        slots: scenes that are worked on at a time.
        ready_in: seconds from a scene's arrival until it is ready.
    """
    if quantile(seconds, SHARE) > ready_in:
        return 0.0
    idle, full = 0.0, slots / (sum(seconds) / len(seconds))  # scenes a second
    for _ in range(STEPS):
        rate = (idle + full) / 2
        if quantile(sojourns(seconds, slots, rate), SHARE) <= ready_in:
            idle = rate
        else:
            full = rate
    return idle * 3600


def sojourns(seconds: Sequence[float], slots: int, rate: float) -> list[float]:
    """Simulate; the seconds from arrival until ready of each scene, in order of arrival.

    The same dice are cast every time, so that more scenes a second never look faster.

    Args:
        seconds: as in `busiest`.
        slots: as there.
        rate: scenes a second.
    """
    dice = random.Random(_SEED)  # noqa: S311  no secret
    free_at, now, told = [0.0] * slots, 0.0, list[float]()
    for _ in range(ARRIVALS):
        now += -math.log(1.0 - dice.random()) / rate
        began = max(now, free_at[0])
        ended = began + seconds[int(dice.random() * len(seconds))]
        heapq.heapreplace(free_at, ended)
        told.append(ended - now)
    return told[ARRIVALS // 10 :]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def workers_for(wanted: float, seconds: Sequence[float], slots: int, *, ready_in: float) -> int:
    """How many workers of so many slots take that many scenes an hour; 0 when no number does."""
    if not busiest(seconds, slots, ready_in=ready_in):
        return 0
    few = max(math.ceil(wanted * sum(seconds) / len(seconds) / 3600 / slots), 1)  # none idles
    while busiest(seconds, few * slots, ready_in=ready_in) < wanted:
        few += 1
    return few
