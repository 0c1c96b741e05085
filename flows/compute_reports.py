"""Compute reports anew from stored facts: no recognition, no photo is read.

Reports of one scene are made in one go: their inputs are loaded once, and they end in one
transaction. A report that was tried before is made by itself, so that it spoils no others.
"""

from functools import partial
from itertools import groupby

from prefect import flow

from flows.holding import kept
from flows.inputs import Inputs
from flows.make_report import make, set_error
from flows.nudge import nudge
from flows.resources import Resources, now, resources
from storage import reports, scenes, work
from storage.reports import Report
from storage.scenes import Scene
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, Work

AT_ONCE = 500  # reports looked up before the next are


@flow(
    name=COMPUTE_REPORTS,
    flow_run_name=COMPUTE_REPORTS,
    persist_result=False,
    validate_parameters=False,
)
def compute_reports(report_ids: list[int] | None = None) -> None:
    """Make every revision that waits, of these reports or of all; the others do no harm."""
    make_waiting(resources(), report_ids)
    nudge(DELIVER_WEBHOOKS, {}, f"{DELIVER_WEBHOOKS}-{now()}")


def make_waiting(tools: Resources, report_ids: list[int] | None = None) -> None:
    """Make what waits and nobody else holds, until there is nothing left."""
    while waiting := _waiting(tools, report_ids):
        made = [_make_together(tools, together) for together in _together(waiting)]
        if not any(made):
            return


Waiting = tuple[Work, Report]


def _waiting(tools: Resources, report_ids: list[int] | None) -> list[Waiting]:
    with tools.records.reading() as tx:
        due = work.due(tx, now=now(), limit=AT_ONCE, flow=COMPUTE_REPORTS, subjects=report_ids)
        found = reports.revisions(tx, [(one.subject_id, one.revision) for one in due])
    return [(one, found[one.subject_id, one.revision]) for one in due]


def _together(waiting: list[Waiting]) -> list[list[Waiting]]:
    """What one scene waits for because of one request; by itself what was tried before."""

    def key(one: Waiting) -> tuple[int, str, int]:
        claimed, report = one
        return report.scene_id, claimed.request_id or "", claimed.id if claimed.tries else 0

    return [list(group) for _, group in groupby(sorted(waiting, key=key), key=key)]


def _make_together(tools: Resources, waiting: list[Waiting]) -> bool:
    """Make reports of one scene, those that nobody else holds; False when somebody holds all."""
    of = {one.id: report for one, report in waiting}
    with tools.records.light_transaction() as tx:
        claimed = work.claim_these(tx, list(of), owner=tools.owner, now=now(), lease=tools.lease)
    with kept(tools, claimed, give_up=partial(_give_up, tools, of)) as mine:
        if mine:
            _make(tools, [of[one.id] for one in mine])
    return bool(claimed)


def _give_up(tools: Resources, of: dict[int, Report], lost: Work, problem: str) -> None:
    set_error(tools, of[lost.id], problem)


def _make(tools: Resources, of_scene: list[Report]) -> None:
    """Make them when there is something to compute from; if not yet, recognition does."""
    with tools.records.reading() as tx:
        scene = scenes.get(tx, of_scene[0].scene_id)
    if _is_recognised(scene):
        make(of_scene, Inputs(tools, scene))


def _is_recognised(scene: Scene) -> bool:
    return scene.facts_revision is not None or scene.status in (scenes.DONE, scenes.ERROR)
