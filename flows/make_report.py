"""One report of one scene: from stored facts and master data to READY and its message."""

import logging
from importlib.metadata import version

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import reports
from flows.announce import report_ended
from flows.inputs import Inputs
from flows.reports.contract import MissingInput
from flows.resources import Resources, now
from storage import failpoints
from storage import reports as stored
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable
from storage.lineage import Lineage
from storage.reports import Report
from storage.scenes import Scene
from telemetry import traces

log = logging.getLogger("gondola.flows")

TRANSIENT = (ObjectStoreUnavailable, RecordsUnavailable)


@task(
    name="make-report",
    task_run_name="{report.report_type}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def make_report(report: Report, inputs: Inputs) -> None:
    """Make a report; a failure is ERROR for this report alone.

    Args:
        inputs: of the report's scene; the other reports of the scene may share them.

    Raises:
        ObjectStoreUnavailable, RecordsUnavailable: the work is given back and tried again.
    """
    if report.status != stored.NOT_READY:
        return
    try:
        with traces.span("report", report_type=report.report_type):
            make(report, inputs)
    except TRANSIENT:
        raise
    except MissingInput as error:
        set_error(inputs.resources, report, str(error))
    except Exception as error:  # whatever a report type does wrong is its own ERROR
        set_error(inputs.resources, report, f"{type(error).__name__}: {error}")


def set_error(tools: Resources, report: Report, problem: str) -> None:
    """End the report as ERROR and note its messages."""
    with tools.records.transaction() as tx:
        if stored.set_error(tx, report.id, report.revision, problem, now=now()):
            report_ended(tx, report, stored.ERROR, now=now())
        failpoints.hit("report ended")
    _say(report, stored.ERROR, problem)


def make(report: Report, inputs: Inputs) -> None:
    """Compute the report, then end its revision as READY and note its messages.

    Raises:
        MissingInput: says which master data to make.
        Exception: whatever the report type does wrong.
    """
    tools, photos = inputs.resources, inputs.photos
    if all(photo.status == stored.ERROR for photo in photos):
        set_error(tools, report, f"None of the {len(photos)} photos could be read.")
        return
    report_type = reports.by_name(report.report_type)
    master_data = inputs.master_data
    given = inputs.given(report_type)
    body = report_type.render(given.frames)
    failpoints.hit("report computed")
    kept = stored.store_body(tools.objects, body)
    failpoints.hit("report body stored")
    lineage = _lineage(inputs.scene, master_data, given.keys)
    with tools.records.transaction() as tx:
        if stored.set_ready(tx, report.id, report.revision, kept, lineage=lineage, now=now()):
            report_ended(tx, report, stored.READY, now=now())
        failpoints.hit("report ended")
    failpoints.hit("report committed")
    _say(report, stored.READY, None)


def _say(report: Report, status: str, problem: str | None) -> None:
    about = {"scene": report.scene, "report": report.id, "report_type": report.report_type}
    ended = {"revision": report.revision, "status": status, "problem": problem}
    log.info("report", extra={**about, **ended})


def _lineage(scene: Scene, master_data: dict[str, int], keys: dict[str, str]) -> Lineage:
    how = scene.recognised_with or {}
    return Lineage(
        facts_revision=scene.facts_revision or 0,
        detector=scene.detector,
        embedder=scene.embedder,
        gallery=how.get("gallery"),
        thresholds=how.get("thresholds", {}),
        master_data=master_data,
        inputs=keys,
        program=version("gondola"),
    )
