"""Reports are computed anew scene by scene, by one worker each."""

import pytest

from flows.compute_reports import make_waiting
from flows.resources import Resources
from storage import reports, work
from storage.reports import Report
from storage.work import COMPUTE_REPORTS
from tests.flows.plant import now
from tests.flows.test_inputs import recognised
from tests.storage.test_master_frames import add_sku

pytestmark = pytest.mark.usefixtures("gondola")
TYPES = ["FACING_COUNT", "REALOGRAM", "OSA"]  # OSA lacks a display


def waiting(tools: Resources) -> list[int]:
    """A recognised scene whose reports are asked for anew; their ids."""
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
    scene = recognised(tools, 7, photos=1)
    with tools.records.transaction() as tx:
        ids = list(reports.add(tx, scene.id, TYPES, now=now()).values())
        for report_id in ids:
            reports.start_revision(tx, report_id, webhook=None, now=now())
    return ids


def read(tools: Resources, ids: list[int]) -> list[Report]:
    """The reports as they are."""
    with tools.records.reading() as tx:
        return [reports.get(tx, report_id) for report_id in ids]


def test_reports_of_a_scene_are_made_in_one_go(tools: Resources):
    """One that cannot be made is an ERROR of its own, and nothing is left to do."""
    ids = waiting(tools)

    make_waiting(tools)

    assert [(2, "READY"), (2, "READY"), (2, "ERROR")] == [
        (report.revision, report.status) for report in read(tools, ids)
    ]
    with tools.records.reading() as tx:
        assert [] == work.due(tx, now=now(), limit=9, flow=COMPUTE_REPORTS)


def test_what_another_worker_holds_is_left_to_it(tools: Resources):
    """The rest of the scene is made."""
    ids = waiting(tools)
    with tools.records.transaction() as tx:
        other = {"owner": "other", "now": now(), "lease": tools.lease}
        work.claim(tx, COMPUTE_REPORTS, ids[0], **other)

    make_waiting(tools)

    assert ["NOT_READY", "READY", "ERROR"] == [report.status for report in read(tools, ids)]


def test_what_was_tried_before_is_made_by_itself(tools: Resources, monkeypatch: pytest.MonkeyPatch):
    """A report that took its worker down does not take those of its scene with it again."""
    ids = waiting(tools)
    with tools.records.transaction() as tx:
        held = work.claim(tx, COMPUTE_REPORTS, ids[1], owner="dead", now=now(), lease=tools.lease)
        assert held
        work.retry(tx, held, due_at=now(), problem="")
    together: list[list[str]] = []
    monkeypatch.setattr(
        "flows.compute_reports.make",
        lambda of_scene, _: together.append([report.report_type for report in of_scene]),
    )

    make_waiting(tools)

    assert [["FACING_COUNT", "OSA"], ["REALOGRAM"]] == together
