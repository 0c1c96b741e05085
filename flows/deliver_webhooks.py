"""Send webhook messages that are due: each once, one Prefect task per message.

No task sleeps until the next attempt: its time is written down, and the sweep starts the next run.
"""

from typing import Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.delivery import attempt
from flows.nudge import nudge
from flows.resources import now, resources
from flows.send_due import AT_ONCE, send_due
from storage.work import DELIVER_WEBHOOKS, Work

RUN_SECONDS = 60.0  # after which another run goes on, so that none grows without end


@flow(
    name=DELIVER_WEBHOOKS,
    task_runner=cast(Any, ThreadPoolTaskRunner(max_workers=AT_ONCE)),  # mistyped by Prefect
    persist_result=False,
    validate_parameters=False,
)
def deliver_webhooks() -> None:
    """Send every message that is due and held by nobody, until there is none."""
    if send_due(resources(), deliver_message.submit, seconds=RUN_SECONDS):
        nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{now()}")


@task(task_run_name="message-{claimed.subject_id}", cache_policy=NO_CACHE, persist_result=False)
def deliver_message(claimed: Work) -> None:
    """Try once to send one message, and write down how it went."""
    attempt(resources(), claimed)
