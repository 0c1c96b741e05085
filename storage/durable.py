"""How long it takes until what was written would survive a power cut: what monitors ask."""

from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Histogram

OBJECTS, RECORDS = "objects", "records"

SECONDS = Histogram(  # of this process, whoever shows it
    "gondola_durable_write_duration_seconds",
    "Seconds until an object or the commit of a transaction was on disk.",
    ("store",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=None,
)


@contextmanager
def timed(store: str) -> Generator[None]:
    """Count how long what is done inside takes; what raises is not counted."""
    began = perf_counter()
    yield
    note(store, began)


def note(store: str, began: float) -> None:
    """Count what began then, in `perf_counter`'s seconds, and is on disk now."""
    SECONDS.labels(store).observe(perf_counter() - began)
