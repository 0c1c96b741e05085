"""How long the stages of a scene took: for its page, the log and the trace."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from flows.scene_facts import Seen
from telemetry import traces

Timings = dict[str, float]  # milliseconds by stage


@contextmanager
def timed(timings: Timings, stage: str) -> Generator[None]:
    """Note how long the block takes; one that raises leaves no time."""
    began = time.perf_counter()
    with traces.span(stage):
        yield
    timings[stage] = (time.perf_counter() - began) * 1000


def add_photo_times(timings: Timings, seen: list[Seen]) -> None:
    """Add up the stages over the photos, which run side by side."""
    for one in seen:
        stages = one.result.timings if one.result else {}
        for stage, milliseconds in {"fetch": one.fetch_milliseconds, **stages}.items():
            timings[stage] = timings.get(stage, 0.0) + milliseconds
