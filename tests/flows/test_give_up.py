"""A scene that is given up leaves nobody waiting."""

from typing import Any

import pytest

from flows import recognize_scene
from flows.resources import Resources
from storage import reports, scenes
from tests.flows.plant import now
from tests.storage.rows import accept

pytestmark = pytest.mark.usefixtures("gondola")


def test_a_report_asked_for_anew_meanwhile_ends_too(
    tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """Between the ends of the reports and that of the scene somebody asks for one again."""
    with tools.records.transaction() as tx:
        accepted = accept(tx)
    report_id, *_ = accepted.report_ids.values()
    monkeypatch.setattr(recognize_scene, "deliver", print)  # no Prefect here
    finish = scenes.finish

    def asked_for_first(tx: Any, *positional: Any, **named: Any) -> None:
        reports.start_revision(tx, report_id, webhook=None, now=now())
        finish(tx, *positional, **named)

    monkeypatch.setattr(scenes, "finish", asked_for_first)
    recognize_scene.give_up(tools, accepted.scene_id, "It broke five times.")

    with tools.records.reading() as tx:
        report = reports.get(tx, report_id)
    assert (2, "ERROR", "It broke five times.") == (report.revision, report.status, report.problem)
