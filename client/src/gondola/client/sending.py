"""Sending a request, and again when that helps: with patience, never at once, never twice done."""

import random
import uuid
from dataclasses import replace

from gondola.client.errors import Unreachable, refusal
from gondola.client.steps import Pause, Reply, Request, Steps

TRIES = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds; doubles with every try
LONGEST_WAIT = 120.0  # seconds a server may ask us to wait; longer is an error
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_STILL_WORKED_ON = 409
_ERROR = 400


def send(request: Request) -> Steps[Reply]:
    """Send until there is an answer that another try would not change.

    A POST carries an `Idempotency-Key`, the same in every try, so that it is done once.

    Raises:
        Refused: the server's last word.
        Unreachable: no try got an answer.
    """
    if request.method == "POST":
        headers = {"Idempotency-Key": uuid.uuid4().hex, **request.headers}
        request = replace(request, headers=headers)
    for tries in range(1, TRIES + 1):
        try:
            reply: Reply = yield request
        except Unreachable:
            if tries == TRIES:
                raise
            yield Pause(_pause(tries))
            continue
        if reply.status < _ERROR:
            return reply
        wait = _wait(reply, tries)
        if wait is None or tries == TRIES:
            break
        yield Pause(wait)
    raise refusal(reply.status, reply.body, reply.headers.get("x-request-id", ""))  # pyright: ignore


def _wait(reply: Reply, tries: int) -> float | None:
    """Seconds until the next try; None = it would not help."""
    asked = reply.headers.get("retry-after", "")
    if reply.status not in _AGAIN and not (reply.status == _STILL_WORKED_ON and asked):
        return None
    if not asked.isdigit():
        return _pause(tries)
    seconds = float(asked)  # not all clients come back in the same moment
    return seconds + random.uniform(0, 1) if seconds <= LONGEST_WAIT else None  # noqa: S311


def _pause(tries: int) -> float:
    """Exponential with full jitter. Source: AWS Architecture Blog, "Exponential Backoff"."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**tries))  # noqa: S311  no secret
