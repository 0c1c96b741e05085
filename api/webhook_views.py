"""Endpoints, messages and attempts as clients and pages see them: addresses without secrets."""

from typing import Any

from msgspec import Struct

from api.wire import Timestamp, timestamp
from storage import endpoints, message_log
from storage.endpoints import Endpoint
from storage.message_log import Count, LoggedAttempt, Sent, Wanted
from storage.records import Transaction
from storage.webhook_url import shown
from storage.work import FAILED

DEAD = Wanted(states=[FAILED])
_ON_PAGE = 100  # messages and attempts on the page of one endpoint


class EndpointView(Struct, frozen=True):
    """An address that is told of events."""

    id: int
    url: str  # without its query, which may hold secrets
    description: str
    events: list[str]
    enabled: bool
    disabled_because: str | None
    disabled_date: Timestamp | None
    failing_since_date: Timestamp | None  # the first failure after the last success
    created_date: Timestamp
    waiting: int  # messages that will be tried (again)
    dead: int  # messages that were given up


class MadeEndpoint(EndpointView, frozen=True, kw_only=True):
    """A new endpoint; `secret` is what its messages are signed with."""

    secret: str


class NewSecret(Struct, frozen=True):
    """What messages are signed with from now on."""

    secret: str
    former_hours: int  # how long the former one goes on beside it


class MessageView(Struct, frozen=True):
    """An event on its way."""

    id: str  # `webhook-id`
    event: str
    scene: str
    report: int | None  # null: the event is the scene's
    revision: int
    endpoint: int  # 0: an address that a call named
    url: str | None  # that address, without what may be secret
    status: str  # OPEN, DONE or FAILED
    problem: str | None  # of the last attempt
    due_date: Timestamp  # OPEN: of the next attempt
    created_date: Timestamp


class AttemptView(Struct, frozen=True):
    """One try to deliver a message."""

    message: str  # `webhook-id`
    event: str
    date: Timestamp
    status_code: int | None  # null: no answer came
    failure: str | None  # TIMEOUT, CONNECTION, NOT_OPEN, REDIRECT, STATUS or BODY; null: delivered
    error: str | None
    reply: str | None  # how the answer began
    milliseconds: float
    next_date: Timestamp | None  # null: no further attempt


def view(endpoint: Endpoint, counts: dict[int, Count]) -> EndpointView:
    """Write an endpoint for clients."""
    count = counts.get(endpoint.id, Count())
    disabled, failing = endpoint.disabled_at, endpoint.failing_since
    return EndpointView(
        id=endpoint.id,
        url=shown(endpoint.url),
        description=endpoint.description,
        events=endpoint.events,
        enabled=disabled is None,
        disabled_because=endpoint.disabled_because,
        disabled_date=timestamp(disabled) if disabled else None,
        failing_since_date=timestamp(failing) if failing else None,
        created_date=timestamp(endpoint.created_at),
        waiting=count.open,
        dead=count.failed,
    )


def message_view(sent: Sent) -> MessageView:
    """Write a message for clients."""
    return MessageView(
        id=sent.uid,
        event=sent.event,
        scene=sent.scene,
        report=sent.report_id,
        revision=sent.revision,
        endpoint=sent.endpoint_id or 0,
        url=shown(sent.url) if sent.url else None,
        status=sent.state,
        problem=sent.problem,
        due_date=timestamp(sent.due_at),
        created_date=timestamp(sent.created_at),
    )


def attempt_view(logged: LoggedAttempt) -> AttemptView:
    """Write an attempt for clients."""
    attempt = logged.attempt
    return AttemptView(
        message=logged.uid,
        event=logged.event,
        date=timestamp(attempt.at),
        status_code=attempt.status_code,
        failure=attempt.failure,
        error=attempt.error,
        reply=attempt.reply,
        milliseconds=round(attempt.milliseconds, 1),
        next_date=timestamp(attempt.next_at) if attempt.next_at else None,
    )


def load_page(tx: Transaction, endpoint_id: int) -> dict[str, Any]:
    """Read what the page of an endpoint shows; 0 = addresses that calls named.

    Raises:
        NotFound: there is no such endpoint.
    """
    counts = message_log.counts(tx)
    known = view(endpoints.get(tx, endpoint_id), counts) if endpoint_id else None
    wanted = Wanted(endpoint_id=endpoint_id)
    _, messages = message_log.page(tx, wanted, limit=_ON_PAGE, offset=0)
    _, attempts = message_log.attempts(tx, endpoint_id, limit=_ON_PAGE, offset=0)
    return {
        "endpoint": known,
        "count": counts.get(endpoint_id, Count()),
        "messages": [message_view(one) for one in messages],
        "attempts": [attempt_view(one) for one in attempts],
    }
