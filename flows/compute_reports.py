"""Compute one report anew from stored facts: no recognition, no photo is read."""

from functools import partial

from prefect import flow

from flows.holding import held
from flows.make_report import make_report, set_error
from flows.recognize_scene import deliver
from flows.resources import resources
from storage import reports
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
        make_report(report_id, revision)
    deliver(report.scene_id)
