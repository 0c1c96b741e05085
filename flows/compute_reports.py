"""Compute one report anew from stored facts: no recognition, no photo is read."""

from functools import partial

from prefect import flow

from flows.holding import held
from flows.make_report import make_report, set_error
from flows.recognize_scene import deliver
from flows.resources import Resources, resources
from storage import reports, scenes
from storage.work import COMPUTE_REPORTS


@flow(
    name=COMPUTE_REPORTS,
    flow_run_name="report-{report_id}-r{revision}",
    persist_result=False,
    validate_parameters=False,
)
def compute_reports(report_id: int, revision: int) -> None:
    """Make this revision of the report; does nothing when that is done or under way."""
    tools = resources()
    with tools.records.reading() as tx:
        report = reports.get(tx, report_id, revision=revision)
    give_up = partial(set_error, tools, report)
    with held(tools, COMPUTE_REPORTS, report_id, revision=revision, give_up=give_up) as work:
        if work is None:
            return
        if _is_recognised(tools, report.scene_id):
            make_report(report_id, revision)
    deliver(report.scene_id)


def _is_recognised(tools: Resources, scene_id: int) -> bool:
    """Whether there is something to compute from; if not yet, recognition makes the reports."""
    with tools.records.reading() as tx:
        scene = scenes.get(tx, scene_id)
    return scene.facts_revision is not None or scene.status in (scenes.DONE, scenes.ERROR)
