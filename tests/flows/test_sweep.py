"""What the sweep nudges, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from flows import sweep as sweeping
from flows.resources import Resources
from flows.sweep import GRACE, nudge_for, sweep
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, OPEN, RECOGNIZE_SCENE, Work
from tests.api.conftest import Gondola

DUE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def missed(flow: str = RECOGNIZE_SCENE, subject_id: int = 7, lease_until: datetime | None = None):
    """Work that is due and held by nobody."""
    return Work(
        id=1,
        flow=flow,
        subject_id=subject_id,
        revision=2,
        tries=0,
        state=OPEN,
        due_at=DUE,
        lease_until=lease_until,
        owner=None,
        problem=None,
        finished_at=None,
    )


def test_the_run_gets_the_ids_of_the_work():
    """A scene."""
    assert (RECOGNIZE_SCENE, (("scene_id", 7),)) == nudge_for(missed(), DUE + GRACE)[:2]


@pytest.mark.parametrize("flow", [DELIVER_WEBHOOKS, COMPUTE_REPORTS])
def test_one_run_does_all_that_is_due(flow: str):
    """Two messages or reports that are due are one nudge."""
    one, other = missed(flow, 1), missed(flow, 2)

    assert nudge_for(one, DUE + GRACE) == nudge_for(other, DUE + GRACE)


@pytest.mark.parametrize(
    ("first", "second", "same"), [(1, 1.9, True), (1, 2, False), (2, 4, False)]
)
def test_work_is_nudged_again_when_its_wait_has_doubled(first: float, second: float, same: bool):
    """Work that only waits its turn does not pile up runs."""
    keys = [nudge_for(missed(), DUE + GRACE * times)[2] for times in (first, second)]

    assert same == (keys[0] == keys[1])


def test_a_lease_that_ran_out_starts_the_wait_anew():
    """What a dead worker held is nudged like new work, however long it was held."""
    hour = timedelta(hours=1)
    held = missed(lease_until=DUE + hour)

    assert nudge_for(missed(), DUE + GRACE)[2] == nudge_for(held, DUE + hour + GRACE)[2]


def test_a_worker_that_starts_finds_what_was_just_written(
    gondola: Gondola, tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """Its nudge may have found no deployment; otherwise it is given time."""
    nudged: list[str] = []
    monkeypatch.setattr(Resources, "gallery", lambda _: None)  # no models here
    monkeypatch.setattr(sweeping, "resources", lambda: tools)
    monkeypatch.setattr(sweeping, "now", lambda: gondola.clock.now)
    monkeypatch.setattr(sweeping, "nudge", lambda flow, *_: nudged.append(flow))
    gondola.recognize()

    sweep.fn()
    assert [] == nudged
    sweep.fn(grace=0)
    assert [RECOGNIZE_SCENE] == nudged
