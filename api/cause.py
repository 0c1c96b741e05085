"""The request we are in, as the cause of the work it asks for."""

from storage.cause import Cause
from telemetry import json_log, traces


def cause() -> Cause:
    """Name this request, for the rows of the work that it asks for."""
    return Cause(json_log.bound("request_id"), traces.traceparent())
