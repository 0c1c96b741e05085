"""Why something is done: the request that asked for it, as its id and its place in a trace.

Work is done minutes later, by another process; what it logs and traces belongs to the request all
the same. So the cause is kept with the work, never handed to Prefect.
"""

import msgspec


class Cause(msgspec.Struct, frozen=True):
    """A request; both are null for what nobody asked for, schedules and commands."""

    request_id: str | None = None  # up to 64 of A-Z a-z 0-9 and -
    traceparent: str | None = None  # of its span. Source: W3C Trace Context, section 3.2


NOBODY = Cause()
