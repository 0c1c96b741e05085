"""Work belongs to the request that asked for it: so do its log lines, its trace, and what follows.

The request comes with the row of the work; Prefect knows nothing of it.
"""

from collections.abc import Generator
from contextlib import contextmanager

from storage.cause import Cause
from storage.work import Work
from telemetry import json_log, traces


@contextmanager
def because_of(claimed: Work) -> Generator[None]:
    """Log and trace what is done inside as a part of that request."""
    with (
        json_log.about(request_id=claimed.request_id, flow=claimed.flow),
        traces.span(
            claimed.flow,
            under=claimed.traceparent,
            kind="consumer",
            subject=claimed.subject_id,
            tries=claimed.tries,
        ),
    ):
        yield


def cause() -> Cause:
    """Name the request, for the rows of the work that follows from this one."""
    return Cause(json_log.bound("request_id"), traces.traceparent())
