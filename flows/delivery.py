"""One attempt to deliver one message: read it, sign it, post it, write down how it went.

A process that dies on the way leaves its lease behind and no attempt counted: somebody sends the
message again, with the same id and the same bytes.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from flows.cause import because_of
from flows.envelope import envelope, report_event, scene_event
from flows.outcome import write_down
from flows.resources import Resources, now
from flows.retries import GONE, wait_after
from flows.signing import sign
from outbound.reply import BODY, Reply
from storage import (
    dead_letters,
    endpoints,
    failpoints,
    messages,
    reports,
    scenes,
    webhook_secrets,
    work,
)
from storage.endpoints import DISABLED, Endpoint
from storage.errors import NotFound, ObjectCorrupt, ObjectMissing, ObjectStoreUnavailable
from storage.messages import Attempt, Message
from storage.records import Transaction
from storage.webhook_secrets import CALLS
from storage.work import Work
from telemetry import json_log

log = logging.getLogger("gondola.flows")

_UNREADABLE = (ObjectStoreUnavailable, ObjectMissing, ObjectCorrupt)


@dataclass(frozen=True)
class Addressed:
    """A message, and the endpoint it goes to unless a call named an address."""

    message: Message
    endpoint: Endpoint | None

    @property
    def url(self) -> str:
        """Where it is posted: where the endpoint is now, or where the call said."""
        return self.endpoint.url if self.endpoint else self.message.url


def attempt(tools: Resources, claimed: Work) -> None:
    """Try once to deliver the message of this work."""
    with because_of(claimed):
        _attempt(tools, claimed)


def _attempt(tools: Resources, claimed: Work) -> None:
    try:
        with tools.records.reading() as tx:
            addressed = _address(tx, claimed.subject_id)
    except NotFound:  # it was removed with its endpoint
        return
    if addressed.endpoint and addressed.endpoint.disabled_at:
        with tools.records.transaction() as tx:
            work.give_up(tx, claimed.id, problem=DISABLED)
        return
    failpoints.hit("message read")
    began = now()
    reply = _send(tools, addressed, began)
    failpoints.hit("message sent")
    write_down(tools, lambda tx: settle(tx, claimed, addressed, reply, at=began))
    failpoints.hit("message settled")
    sent = {"webhook_id": addressed.message.uid, "webhook_event": addressed.message.event}
    came = {"status_code": reply.status, "problem": reply.problem, "try": claimed.tries}
    log.info("message", extra={**sent, **came, "milliseconds": round(reply.milliseconds, 1)})


def settle(
    tx: Transaction, claimed: Work, addressed: Addressed, reply: Reply, *, at: datetime
) -> None:
    """Write down the attempt and what follows: delivered, tried again, given up, endpoint off.

    Nothing when the endpoint was removed meanwhile, its messages with it.
    """
    message, ended = addressed.message, now()
    if addressed.endpoint and not endpoints.hold(tx, addressed.endpoint.id):
        return
    wait = wait_after(message.failures + 1, reply) if reply.problem else None
    if reply.status == GONE:
        wait = None
    next_at = ended + wait if wait else None
    messages.log_attempt(tx, _logged(message, reply, at, next_at))
    if reply.problem:
        messages.count_failure(tx, message.id)
    if reply.problem is None:
        work.finish(tx, claimed.id, now=ended)
        dead_letters.dig_out(tx, claimed.id, now=ended)
    elif next_at is None:
        work.give_up(tx, claimed.id, problem=reply.problem)
    else:
        work.retry(tx, claimed, due_at=next_at, problem=reply.problem)
    if addressed.endpoint:
        _judge(tx, addressed.endpoint.id, reply, ended)


def _judge(tx: Transaction, endpoint_id: int, reply: Reply, at: datetime) -> None:
    """Note what the attempt says about the endpoint."""
    if reply.problem is None:
        endpoints.succeeded(tx, endpoint_id)
    elif reply.status == GONE:
        endpoints.disable(tx, endpoint_id, because="It answered 410 Gone.", now=at)
    elif reply.failure != BODY:  # which is no fault of the endpoint
        endpoints.failed(tx, endpoint_id, now=at)


def _address(tx: Transaction, message_id: int) -> Addressed:
    message = messages.get(tx, message_id)
    known = message.endpoint_id
    return Addressed(message, None if known is None else endpoints.get(tx, known))


def _send(tools: Resources, addressed: Addressed, at: datetime) -> Reply:
    """POST the message; a body that cannot be read now is a failed attempt like any other."""
    try:
        body = _body(tools, addressed.message)
    except _UNREADABLE as error:
        return Reply(None, str(error), 0.0, failure=BODY)
    headers = sign(addressed.message.uid, body, _secrets(tools, addressed, at), at=at)
    seconds = tools.settings.webhook_timeout_seconds
    return tools.door.post(addressed.url, body, seconds=seconds, headers=headers)


def _secrets(tools: Resources, addressed: Addressed, at: datetime) -> list[bytes]:
    """Read what to sign with; only the very first message of all has to write."""
    owner = addressed.endpoint.id if addressed.endpoint else CALLS
    with tools.records.reading() as tx:
        found = webhook_secrets.find(tx, owner, now=at)
    if found:
        return found
    with tools.records.transaction() as tx:
        return webhook_secrets.get_or_create(tx, owner, now=at)


def _body(tools: Resources, message: Message) -> bytes:
    with tools.records.reading() as tx:
        scene, photos = scenes.get(tx, message.scene_id), scenes.photos(tx, message.scene_id)
        json_log.note(scene=scene.scene, report=message.report_id)
        if message.report_id is None:
            made = reports.of_scene(tx, scene.id)
            return scene_event(message.event, scene, photos, made, at=message.created_at)
        report = reports.get(tx, message.report_id, revision=message.revision)
    report = reports.with_body(report, tools.objects)
    if message.endpoint_id is None:
        by_id = tools.settings.webhook_body == "by_id"
        return envelope(scene, photos, report, by_id=by_id)
    return report_event(message.event, scene, photos, report, at=message.created_at)


def _logged(message: Message, reply: Reply, at: datetime, next_at: datetime | None) -> Attempt:
    return Attempt(
        id=0,
        message_id=message.id,
        at=at,
        status_code=reply.status,
        failure=reply.failure,
        error=reply.problem,
        reply=reply.text,
        milliseconds=reply.milliseconds,
        next_at=next_at,
    )
