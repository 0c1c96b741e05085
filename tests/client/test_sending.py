"""When the client asks again; its steps are driven by hand."""

from typing import Any

import pytest

from gondola.client.errors import (
    Conflict,
    InvalidRequest,
    ServerFailed,
    TooManyRequests,
    Unreachable,
    refusal,
)
from gondola.client.events import EventLines
from gondola.client.sending import LONGEST_WAIT, TRIES, send
from gondola.client.steps import Pause, Reply, Request

POST = Request("POST", "/api/v1.5/recognize/", body=b"{}")


def answer(status: int, **headers: str) -> Reply:
    """An answer of this status."""
    return Reply(status, headers, b'{"detail":"No."}')


def drive(request: Request, *answers: Reply | Exception) -> tuple[list[Request], list[float], Any]:
    """What is sent, how long it waits between, and what comes of it."""
    steps, sent, waits = send(request), [], []
    left, step = list(answers), next(steps)
    try:
        while True:
            if isinstance(step, Pause):
                waits.append(step.seconds)
                step = steps.send(None)
                continue
            assert isinstance(step, Request)
            sent.append(step)
            given = left.pop(0)
            step = steps.throw(given) if isinstance(given, Exception) else steps.send(given)
    except StopIteration as end:
        return sent, waits, end.value


def test_a_post_has_the_same_key_in_every_try():
    """So that it is done once."""
    sent, waits, reply = drive(POST, Unreachable(), answer(503), answer(201))
    keys = {request.headers["Idempotency-Key"] for request in sent}

    assert (3, 1, 201, 2) == (len(sent), len(keys), reply.status, len(waits))


def test_two_posts_have_two_keys():
    """They are two."""
    keys = [drive(POST, answer(201))[0][0].headers["Idempotency-Key"] for _ in range(2)]

    assert keys[0] != keys[1]


def test_a_get_needs_no_key():
    """It makes nothing."""
    sent, _, _ = drive(Request("GET", "/"), answer(200))

    assert {} == sent[0].headers


@pytest.mark.parametrize(("status", "wait"), [(429, "17"), (503, "5"), (409, "1")])
def test_retry_after_is_waited_for(status: int, wait: str):
    """And up to a second more, so that not all come at once."""
    answers = answer(status, **{"retry-after": wait}), answer(200)
    waits = [drive(POST, *answers)[1][0] for _ in range(50)]

    assert int(wait) <= min(waits) < max(waits) <= int(wait) + 1


def test_waits_grow_and_differ():
    """Full jitter: anything up to a bound that doubles."""
    failing = [answer(500)] * (TRIES - 1)
    first, later = [], []
    for _ in range(50):
        _, waits, _ = drive(POST, *failing, answer(200))
        first.append(waits[0])
        later.append(waits[-1])

    assert max(first) <= 1.0 < max(later) <= 16.0
    assert 50 == len(set(first))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([answer(400)], InvalidRequest),
        ([answer(409)], Conflict),
        ([answer(502)] * TRIES, ServerFailed),
        ([answer(429, **{"retry-after": f"{LONGEST_WAIT + 1:.0f}"})], TooManyRequests),
        ([Unreachable("gone")] * TRIES, Unreachable),
    ],
)
def test_what_another_try_does_not_change_is_an_error(given: list[Any], error: type[Exception]):
    """At once, or after the last try."""
    with pytest.raises(error):
        drive(POST, *given)


@pytest.mark.parametrize(
    ("body", "sentence", "fields"),
    [
        (b'{"detail":"Not found."}', "Not found.", {}),
        (b'{"images":["A.","B."]}', "images: A. B.", {"images": ["A.", "B."]}),
        (b'{"type":"about:blank","errors":{"x":["C."]}}', "x: C.", {"x": ["C."]}),
        (b"<html>", "The server gave no reason.", {}),
        (b"[]", "The server gave no reason.", {}),
    ],
)
def test_every_form_of_an_error_is_read(body: bytes, sentence: str, fields: dict[str, list[str]]):
    """Both of the server's, and whatever a proxy says."""
    error = refusal(400, body)

    assert (sentence, fields) == (error.sentence, error.fields)


def test_events_are_read_line_by_line():
    """Comments and lines before the first event are none."""
    lines = EventLines()
    text = ["retry: 1000", "", ": still here", "", "id: 4", "event: photo", 'data: {"of":2}', ""]
    found = [event for line in text if (event := lines.take(line))]

    assert [(4, "photo", {"of": 2})] == [(e.number, e.kind, e.data) for e in found]
