"""The sweep: nudge again whatever is due and held by nobody."""

from datetime import timedelta

from prefect import flow

from flows.nudge import nudge
from flows.resources import now, resources
from storage import work
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, RECOGNIZE_SCENE, Work

GRACE = timedelta(seconds=15)  # work this fresh was nudged when it was written
AT_ONCE = 100
AGAIN_AFTER = 60  # seconds until the same piece of work may be nudged once more


@flow(name="sweep", persist_result=False)
def sweep() -> None:
    """Find work whose nudge was lost, whose worker died, or whose next try has come."""
    tools = resources()
    with tools.records.reading() as tx:
        due = work.due(tx, now=now() - GRACE, limit=AT_ONCE)
    missed = {_flow_and_parameters(one): one for one in due}
    for (name, parameters), one in missed.items():
        nudge(name, dict(parameters), f"{name}-{one.subject_id}-{one.revision}-{_period()}")


def _flow_and_parameters(missed: Work) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Which run does this work; one run of deliver-webhooks sends every message that is due."""
    if missed.flow == RECOGNIZE_SCENE:
        return missed.flow, (("scene_id", missed.subject_id),)
    if missed.flow == COMPUTE_REPORTS:
        return missed.flow, (("report_id", missed.subject_id), ("revision", missed.revision))
    return DELIVER_WEBHOOKS, ()


def _period() -> int:
    """Part of the key, so that a nudge is repeated once per AGAIN_AFTER but not piled up."""
    return int(now().timestamp()) // AGAIN_AFTER
