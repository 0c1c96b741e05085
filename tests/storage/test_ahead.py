"""The wall clock was set back."""

from datetime import timedelta

from storage import ahead, work
from storage.records import Records
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, RECOGNIZE_SCENE
from tests.storage.rows import LEASE, NOW

BEFORE = NOW + timedelta(hours=1)  # as the clock was


def due(records: Records) -> list[tuple[str, int]]:
    """What is free now."""
    with records.reading() as tx:
        return [(one.flow, one.subject_id) for one in work.due(tx, now=NOW, limit=9)]


def test_what_was_due_by_the_clock_of_before_is_due_now(records: Records) -> None:
    """New work and what failed a moment ago; only a webhook that failed waits for its time."""
    with records.transaction() as tx:
        for flow in (RECOGNIZE_SCENE, COMPUTE_REPORTS, DELIVER_WEBHOOKS):
            work.enqueue(tx, flow, 1, due_at=BEFORE)
        for flow in (RECOGNIZE_SCENE, DELIVER_WEBHOOKS):
            work.enqueue(tx, flow, 2, due_at=BEFORE)
            held = work.claim(tx, flow, 2, owner="a", now=BEFORE, lease=LEASE)
            assert held
            work.retry(tx, held, due_at=BEFORE, problem="failed")
        work.enqueue(tx, RECOGNIZE_SCENE, 3, due_at=NOW + timedelta(minutes=1))
        ahead.bring_back(tx, now=NOW, lease=LEASE)

    assert [
        (RECOGNIZE_SCENE, 1),
        (COMPUTE_REPORTS, 1),
        (DELIVER_WEBHOOKS, 1),
        (RECOGNIZE_SCENE, 2),
    ] == due(records)


def test_a_lease_of_before_ends_in_time(records: Records) -> None:
    """Who holds one of now keeps it; one of an hour ahead lasts as long as a new one."""
    with records.transaction() as tx:
        for subject, now in ((1, NOW), (2, BEFORE)):
            work.enqueue(tx, RECOGNIZE_SCENE, subject, due_at=NOW)
            work.claim(tx, RECOGNIZE_SCENE, subject, owner="a", now=now, lease=LEASE)
        ahead.bring_back(tx, now=NOW, lease=LEASE)
        later = work.due(tx, now=NOW + LEASE, limit=9)

    assert [] == due(records)
    assert [1, 2] == [one.subject_id for one in later]
