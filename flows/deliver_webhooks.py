"""Send webhook messages that are due: each once, one Prefect task per message.

No task sleeps until the next attempt: its time is written down, and the sweep starts the next run.
"""

import random
from datetime import timedelta
from typing import Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.envelope import envelope
from flows.resources import Resources, now, resources
from outbound.door import Reply
from storage import failpoints, messages, reports, scenes, work
from storage.errors import ObjectCorrupt, ObjectMissing, ObjectStoreUnavailable
from storage.messages import Message
from storage.records import Transaction
from storage.work import DELIVER_WEBHOOKS, Work

AT_ONCE = 16  # messages sent side by side, so that a slow receiver holds up only its own
# After each failed attempt; ten attempts in about 75 hours.
# Source: Standard Webhooks 1.0.0, section "Deliverability and reliability".
RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2  # ratio of the wait, either way, so that receivers are not hit in step


@flow(
    name=DELIVER_WEBHOOKS,
    task_runner=cast(Any, ThreadPoolTaskRunner(max_workers=AT_ONCE)),  # mistyped by Prefect
    persist_result=False,
    validate_parameters=False,
)
def deliver_webhooks(scene_id: int | None = None) -> None:
    """Send the messages of a scene, or of all scenes, that are due and held by nobody."""
    tools = resources()
    while claimed := _claim(tools, scene_id):
        failpoints.hit("messages claimed")
        sent = [deliver_message.submit(one) for one in claimed]
        for one in sent:
            one.wait()


@task(task_run_name="message-{claimed.subject_id}", cache_policy=NO_CACHE, persist_result=False)
def deliver_message(claimed: Work) -> None:
    """Try once to send one message, and write down how it went."""
    tools = resources()
    with tools.records.reading() as tx:
        message = messages.get(tx, claimed.subject_id)
    began = now()
    failpoints.hit("message read")
    reply = _send(tools, message)
    failpoints.hit("message sent")
    with tools.records.transaction() as tx:
        messages.log_attempt(
            tx,
            message.id,
            at=began,
            status_code=reply.status,
            error=reply.problem,
            milliseconds=reply.milliseconds,
        )
        _settle(tx, claimed, reply)
    failpoints.hit("message settled")


def retry_after(tries: int) -> timedelta | None:
    """How long to wait after the so-manieth failed attempt (from 1); None = give up."""
    if tries > len(RETRY_AFTER):
        return None
    return RETRY_AFTER[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret


def _claim(tools: Resources, scene_id: int | None) -> list[Work]:
    timeout = timedelta(seconds=tools.settings.webhook_timeout_seconds)
    with tools.records.transaction() as tx:
        subjects = None if scene_id is None else messages.open_for_scene(tx, scene_id)
        return work.claim_due(
            tx,
            DELIVER_WEBHOOKS,
            owner=tools.owner,
            now=now(),
            lease=timeout + tools.lease,
            limit=AT_ONCE,
            subjects=subjects,
        )


def _send(tools: Resources, message: Message) -> Reply:
    """POST the message; a body that cannot be read now is a failed attempt like any other."""
    seconds = tools.settings.webhook_timeout_seconds
    try:
        return tools.door.post(message.url, _body(tools, message), seconds=seconds)
    except (ObjectStoreUnavailable, ObjectMissing, ObjectCorrupt) as error:
        return Reply(None, str(error), 0.0)


def _body(tools: Resources, message: Message) -> bytes:
    with tools.records.reading() as tx:
        report = reports.get(
            tx, message.report_id, revision=message.revision, objects=tools.objects
        )
        scene = scenes.get(tx, report.scene_id)
        photos = scenes.photos(tx, scene.id)
    return envelope(scene, photos, report)


def _settle(tx: Transaction, claimed: Work, reply: Reply) -> None:
    """Delivered, to be tried again, or given up."""
    if reply.problem is None:
        work.finish(tx, claimed.id, now=now())
    elif (wait := retry_after(claimed.tries)) is None:
        work.give_up(tx, claimed.id, problem=reply.problem)
    else:
        work.retry(tx, claimed.id, due_at=now() + wait, problem=reply.problem)
