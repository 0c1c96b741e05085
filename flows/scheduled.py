"""Which runs of a schedule are worth running: each time once, and of those that are late the last.

A schedule that is registered again, or by two workers at once, may leave Prefect with two runs for
one time. Runs that nobody could take pile up. What a schedule starts does all there is to do, so
one run is enough, also when it is late: a nightly one is not left out because the night was busy.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import FlowRun
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort

LOOKED_AT = 20  # of the runs that are due, the latest


async def is_superseded(client: PrefectClient, run: FlowRun, *, now: datetime) -> bool:
    """Whether another run of the same schedule is due that does the work of this one."""
    assert run.deployment_id is not None  # noqa: S101  the schedule is a deployment's
    times = {"after_": run.expected_start_time, "before_": now}
    due = FlowRunFilterExpectedStartTime.model_validate(times)
    over = FlowRunFilterStateType(not_any_=[StateType.CANCELLED, StateType.CANCELLING])
    others = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(expected_start_time=due, state=FlowRunFilterState(type=over)),
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[run.deployment_id])),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=LOOKED_AT,
    )
    return supersedes(
        ((one.expected_start_time, one.id) for one in others if one.auto_scheduled), run
    )


def supersedes(others: Iterable[tuple[datetime | None, UUID]], run: FlowRun) -> bool:
    """Whether one of these runs, told by time and id, is later than the run, or its second self.

    Of two for the same time the one with the larger id is run, whoever looks.
    """
    assert run.expected_start_time  # noqa: S101  as above
    mine = run.expected_start_time, run.id
    return any(time is not None and (time, id_) > mine for time, id_ in others)
