"""Send webhook messages that are due: each once, one Prefect task per message.

No task sleeps until the next attempt: its time is written down, and the sweep starts the next run.
A receiver that hangs holds up its own messages alone: few of one lane are sent at a time, and a run
that waits for them goes on with the others.
"""

import time
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.delivery import attempt
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from storage import failpoints, messages
from storage.work import DELIVER_WEBHOOKS, Work

AT_ONCE = 16  # messages one run sends side by side
PER_LANE = 4  # of them to one endpoint, or to one host of addresses that calls named, by all runs
LOOK_SECONDS = 0.5  # after which a run that waits for receivers asks what else is due
RUN_SECONDS = 60.0  # after which another run goes on, so that none grows without end

Ended = SimpleQueue[Any]


@flow(
    name=DELIVER_WEBHOOKS,
    task_runner=cast(Any, ThreadPoolTaskRunner(max_workers=AT_ONCE)),  # mistyped by Prefect
    persist_result=False,
    validate_parameters=False,
)
def deliver_webhooks() -> None:
    """Send every message that is due and held by nobody, until there is none."""
    tools, under_way, ended = resources(), 0, Ended()
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        claimed = claim(tools, AT_ONCE - under_way)
        for one in claimed:
            deliver_message.submit(one).add_done_callback(ended.put)
        under_way += len(claimed)
        if not under_way:
            return
        under_way -= _count_ended(ended)
    nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{now()}")
    while under_way:
        under_way -= _count_ended(ended)


@task(task_run_name="message-{claimed.subject_id}", cache_policy=NO_CACHE, persist_result=False)
def deliver_message(claimed: Work) -> None:
    """Try once to send one message, and write down how it went."""
    attempt(resources(), claimed)


def claim(tools: Resources, limit: int) -> list[Work]:
    """Take what may be sent now; only when there is something, the records are locked."""
    with tools.records.reading() as tx:
        if not messages.next_due(tx, now=now(), limit=limit, per_lane=PER_LANE):
            return []
    timeout = timedelta(seconds=tools.settings.webhook_timeout_seconds)
    with tools.records.transaction() as tx:
        claimed = messages.claim(
            tx,
            owner=tools.owner,
            now=now(),
            lease=timeout + tools.lease,
            limit=limit,
            per_lane=PER_LANE,
        )
    failpoints.hit("messages claimed")
    return claimed


def _count_ended(ended: Ended) -> int:
    """Wait until something ended, or not for long; how much did."""
    count = 0
    try:
        ended.get(timeout=LOOK_SECONDS)
        count += 1
        while True:
            ended.get_nowait()
            count += 1
    except Empty:
        return count
