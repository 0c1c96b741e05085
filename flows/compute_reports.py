"""Compute reports anew from stored facts: no recognition, no photo is read."""

from functools import lru_cache, partial

from prefect import flow

from flows.holding import held
from flows.inputs import Inputs
from flows.make_report import make_report, set_error
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from storage import reports, scenes, work
from storage.reports import Report
from storage.scenes import Scene
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, Work

SCENES = 8  # whose inputs are kept for their next report
AT_ONCE = 1000


@flow(
    name=COMPUTE_REPORTS,
    flow_run_name=COMPUTE_REPORTS,
    persist_result=False,
    validate_parameters=False,
)
def compute_reports(report_ids: list[int] | None = None) -> None:
    """Make every revision that waits, of these reports or of all; the others do no harm."""
    tools = resources()
    inputs_of = lru_cache(SCENES)(partial(_inputs, tools))
    for one in _waiting(tools, report_ids):
        with tools.records.reading() as tx:
            report = reports.get(tx, one.subject_id, revision=one.revision)
        give_up = partial(set_error, tools, report)
        with held(
            tools, COMPUTE_REPORTS, report.id, revision=report.revision, give_up=give_up
        ) as mine:
            if mine is not None:
                _make(report, inputs_of(report.scene_id))
    nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{now()}")


def _waiting(tools: Resources, report_ids: list[int] | None) -> list[Work]:
    with tools.records.reading() as tx:
        return work.due(tx, now=now(), limit=AT_ONCE, flow=COMPUTE_REPORTS, subjects=report_ids)


def _inputs(tools: Resources, scene_id: int) -> Inputs:
    with tools.records.reading() as tx:
        return Inputs(tools, scenes.get(tx, scene_id))


def _make(report: Report, inputs: Inputs) -> None:
    """Make it when there is something to compute from; if not yet, recognition makes it."""
    if _is_recognised(inputs.scene):
        make_report(report, inputs)


def _is_recognised(scene: Scene) -> bool:
    return scene.facts_revision is not None or scene.status in (scenes.DONE, scenes.ERROR)
