"""Random SIGKILLs over a running platform under load: API, worker, Prefect server, all at once."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from bench.chaos import storm
from bench.chaos.herd import TARGETS, Herd
from bench.chaos.load import Load
from bench.platform import console
from settings import Settings

REST = (0.5, 4.0)  # seconds between two kills
PATIENCE = 30  # seconds a kill waits at most for what it waits for


def run(
    settings: Settings, targets: Sequence[str], seed: int, *, apis: int = 1, workers: int = 1
) -> dict[str, Any]:
    """Kill these, one after the other; what came of it."""
    trouble = partial(_kill_on, random.Random(seed), targets)  # noqa: S311  no secret
    outcome = storm.run(settings, Herd(settings, apis, workers), trouble, seed)
    kills = dict(sorted(Counter(targets).items()))
    return storm.told(outcome) | {"sigkills": len(targets), "kills": kills}


def drawn(count: int, seed: int) -> list[str]:
    """Draw so many targets, equal shares on the average."""
    return random.Random(seed).choices(TARGETS, k=count)  # noqa: S311  no secret


def _kill_on(roll: random.Random, targets: Sequence[str], herd: Herd, load: Load) -> None:
    for number, target in enumerate(targets, 1):
        _rest(roll, herd, load)
        herd.kill(target, roll)
        console.print(f"{number} {target}, {load.complete} scenes delivered")


def _rest(roll: random.Random, herd: Herd, load: Load) -> None:
    """Before a third of the kills all is well and scenes are finished, before a third all started.

    The others hit what starts.
    """
    state = roll.choice(["starting", "started", "working"])
    if state != "starting":
        herd.wait(herd.parts, PATIENCE)
    until, before = time.monotonic() + PATIENCE, load.complete
    while state == "working" and load.complete == before and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(roll.uniform(*REST))
