"""The sweep: nudge again whatever is due and held by nobody, and keep the gallery up to date."""

import math
from datetime import datetime, timedelta
from functools import lru_cache

from prefect import flow

from flows.dead_workers import free_leases
from flows.nudge import nudge
from flows.reprocess import REPROCESS_SCENES
from flows.resources import now, resources
from storage import (
    ahead,
    failpoints,
    forecasts,
    history,
    message_log,
    rates,
    references,
    replies,
    work,
)
from storage.turns import COMPACT_FACTS
from storage.work import (
    COMPUTE_REPORTS,
    DELIVER_WEBHOOKS,
    FORECAST_SKU,
    REBUILD_GALLERY,
    RECOGNIZE_SCENE,
    Work,
)

GRACE = timedelta(seconds=15)  # work this fresh was nudged when it was written
AGAIN = timedelta(minutes=5)  # a rebuild or a forecast that died is started again after
HISTORY = timedelta(minutes=1)  # after which another worker may join in doing history again
ONBOARDING = timedelta(days=1)  # later, who asks for a forecast starts it
FORECASTS = 50  # of one sweep
SWEPT = {  # flow -> how much of its work is looked at; the others' runs do all that is due
    RECOGNIZE_SCENE: 1000,
    COMPUTE_REPORTS: 1,
    DELIVER_WEBHOOKS: 1,  # thousands may be due for a receiver that hangs
    COMPACT_FACTS: 1,
}

Nudge = tuple[str, tuple[tuple[str, int], ...], str]  # flow, parameters, idempotency key


@flow(name="sweep", persist_result=False)
def sweep(grace: float = GRACE.total_seconds()) -> None:
    """Find work whose nudge was lost, whose worker died, or whose next try has come.

    Args:
        grace: seconds for which its own nudge is given time. A worker that starts gives none:
            before the first one did, there was no deployment to nudge.
    """
    tools, at = resources(), now()
    written_before = at - timedelta(seconds=grace)
    free_leases(tools.records)
    with tools.records.light_transaction() as tx:
        ahead.bring_back(tx, now=at, lease=tools.message_lease)
    with tools.records.reading() as tx:
        missed = [
            one
            for name, most in SWEPT.items()
            for one in work.due(tx, now=written_before, limit=most, flow=name)
        ]
    failpoints.hit("due work found")
    for wanted in dict.fromkeys(nudge_for(one, at) for one in missed):
        _nudge_once(*wanted)
    with tools.records.light_transaction() as tx:
        rates.forget_old(tx, now=at)
        replies.forget_old(tx, now=at)
        if days := tools.settings.webhook_keep_days:
            message_log.forget_old(tx, before=at - timedelta(days=days))
    tools.gallery()  # new references are embedded now, not while a scene waits for them
    with tools.records.reading() as tx:
        too_many = references.missing(tx, tools.embedder_key, 1)
    if too_many:
        nudge(REBUILD_GALLERY, {}, f"{REBUILD_GALLERY}-{at.timestamp() // AGAIN.seconds:.0f}")
    with tools.records.reading() as tx:
        again = history.due_kinds(tx, now=written_before)
    if again:
        key = f"{REPROCESS_SCENES}-{at.timestamp() // HISTORY.seconds:.0f}"
        _nudge_once(REPROCESS_SCENES, (), key)
    with tools.records.reading() as tx:
        onboarded = forecasts.wanted(
            tx, tools.embedder_key, since=at - ONBOARDING, before=written_before, limit=FORECASTS
        )
    for sku_id in onboarded:
        key = f"{FORECAST_SKU}-{sku_id}-swept-{at.timestamp() // AGAIN.seconds:.0f}"
        _nudge_once(FORECAST_SKU, (("sku_id", sku_id),), key)


def nudge_for(missed: Work, at: datetime) -> Nudge:
    """Which run does this work, and when it is asked for once more.

    Work that merely waits its turn in Prefect's queue must not pile up runs there: the key is new
    when the waiting time has doubled. One run of deliver-webhooks sends every message that is due,
    one run of compute-reports makes every report.
    """
    if missed.flow in (DELIVER_WEBHOOKS, COMPUTE_REPORTS, COMPACT_FACTS):
        return missed.flow, (), f"{missed.flow}-{at.timestamp() // GRACE.seconds:.0f}"
    free_since = max(missed.due_at, missed.lease_until or missed.due_at)
    doublings = int(math.log2(max((at - free_since) / GRACE, 1)))
    key = f"{missed.flow}-{missed.subject_id}-{missed.revision}-{missed.tries}-{doublings}"
    return missed.flow, (("scene_id", missed.subject_id),), key


@lru_cache(maxsize=10_000)
def _nudge_once(name: str, parameters: tuple[tuple[str, int], ...], key: str) -> None:
    """Spare the server what it would throw away by its key."""
    nudge(name, dict(parameters), key)
