"""Reports of one scene: from stored facts and master data to READY and their messages."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import reports
from flows.announce import report_ended
from flows.inputs import Inputs
from flows.reports.contract import MissingInput
from flows.resources import Resources, now
from storage import failpoints, scene_events
from storage import reports as stored
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable
from storage.lineage import Lineage
from storage.records import Transaction
from storage.report_bodies import Body, store_body
from storage.reports import Report
from storage.scenes import Scene
from telemetry import traces

log = logging.getLogger("gondola.flows")

TRANSIENT = (ObjectStoreUnavailable, RecordsUnavailable)
PROGRAM = version("gondola")


class NoPhoto(Exception):
    """Nothing of a scene was seen."""


@dataclass(frozen=True)
class Answer:
    """What became of a report: a body and where it comes from, or a problem."""

    report: Report
    made: tuple[Body, Lineage] | None = None
    problem: str | None = None


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
    make([report], inputs)


def make(of_scene: Sequence[Report], inputs: Inputs) -> None:
    """Compute reports of a scene, then end them and note their messages, in one transaction.

    Those that ended already are left alone; a failure is ERROR for that report alone.

    Raises:
        ObjectStoreUnavailable, RecordsUnavailable: none of them is ended.
    """
    waiting = [report for report in of_scene if report.status == stored.NOT_READY]
    end(inputs.resources, [answer(report, inputs) for report in waiting])


def set_error(tools: Resources, report: Report, problem: str) -> None:
    """End the report as ERROR and note its messages."""
    end(tools, [Answer(report, problem=problem)])


def end(tools: Resources, answers: Sequence[Answer]) -> None:
    """End reports as READY or ERROR, and note their messages; rows are locked in one order."""
    with tools.records.transaction() as tx:
        scene_events.hold(tx, {answer.report.scene_id for answer in answers})
        for answer in sorted(answers, key=lambda answer: answer.report.id):
            _end(tx, answer)
    failpoints.hit("report committed")
    for answer in answers:
        _say(answer.report, stored.READY if answer.made else stored.ERROR, answer.problem)


def _end(tx: Transaction, answer: Answer) -> None:
    report, at = answer.report, now()
    if answer.made is None:
        problem = answer.problem or ""
        ended = stored.set_error(tx, report.id, report.revision, problem, now=at)
    else:
        body, lineage = answer.made
        ended = stored.set_ready(tx, report.id, report.revision, body, lineage=lineage, now=at)
    if ended:
        report_ended(tx, report, stored.READY if answer.made else stored.ERROR, now=at)
    failpoints.hit("report ended")


def answer(report: Report, inputs: Inputs) -> Answer:
    """Compute a report; whatever its type does wrong is its problem."""
    try:
        with traces.span("report", report_type=report.report_type):
            return Answer(report, made=_made(report, inputs))
    except TRANSIENT:
        raise
    except (MissingInput, NoPhoto) as error:
        return Answer(report, problem=str(error))
    except Exception as error:
        return Answer(report, problem=f"{type(error).__name__}: {error}")


def _made(report: Report, inputs: Inputs) -> tuple[Body, Lineage]:
    """Compute the report and store its body when it is large.

    Raises:
        MissingInput: says which master data to make.
        NoPhoto: no photo of the scene could be read.
        Exception: whatever the report type does wrong.
    """
    photos = inputs.photos
    if all(photo.status == stored.ERROR for photo in photos):
        raise NoPhoto(f"None of the {len(photos)} photos could be read.")
    report_type = reports.by_name(report.report_type)
    master_data = inputs.master_data
    given = inputs.given(report_type)
    body = report_type.render(given.frames)
    failpoints.hit("report computed")
    kept = store_body(inputs.resources.objects, body)
    failpoints.hit("report body stored")
    return kept, _lineage(inputs.scene, master_data, given.keys)


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
        program=PROGRAM,
    )
