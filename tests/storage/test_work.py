"""The outbox: each piece of work is held by one worker at a time, and none is forgotten."""

from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage import history, work
from storage.errors import QueueFull
from storage.records import Records
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, RECOGNIZE_SCENE, Work
from tests.storage.rows import LEASE, NOW

LATER = NOW + LEASE


def claim(tx: Connection, owner: str = "a", now: datetime = NOW) -> Work | None:
    """Claim the recognition of scene 1."""
    return work.claim(tx, RECOGNIZE_SCENE, 1, owner=owner, now=now, lease=LEASE)


def test_noting_the_same_work_twice_changes_nothing(records: Records) -> None:
    """Flow, subject and revision name the work; held work stays held."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        claim(tx)
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)

        assert (1, None) == (work.backlog(tx), claim(tx, "b"))


def test_a_claim_says_who_holds_the_work_and_until_when(records: Records) -> None:
    """The claimer gets the row with its lease, and one more try."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx)

    assert held
    assert ("a", NOW + LEASE, 1, "OPEN") == (held.owner, held.lease_until, held.tries, held.state)


def test_held_work_is_not_claimed_until_the_lease_ends(records: Records) -> None:
    """A worker that died loses its work at the end of the lease, to the next that asks."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        claim(tx, "a")
        early = claim(tx, "b", LATER - timedelta(microseconds=1))
        late = claim(tx, "b", LATER)

    assert early is None
    assert late
    assert ("b", 2) == (late.owner, late.tries)


def test_work_is_not_claimed_before_it_is_due(records: Records) -> None:
    """The time of the next try is a column, and it is kept."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=LATER)

        assert (None, False) == (claim(tx), claim(tx, now=LATER) is None)


def test_a_renewed_lease_holds_longer(records: Records) -> None:
    """The holder prolongs its lease; nobody else can."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx)
        assert held
        answers = [
            work.renew(tx, held.id, owner=owner, now=LATER, lease=LEASE) for owner in ("b", "a")
        ]

        assert ([False, True], None) == (answers, claim(tx, "b", LATER))


def test_a_worker_learns_that_it_lost_its_work(records: Records) -> None:
    """After another worker's claim the former holder cannot renew."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx, "a")
        assert held
        claim(tx, "b", LATER)

        assert not work.renew(tx, held.id, owner="a", now=LATER, lease=LEASE)


def test_done_work_is_over(records: Records) -> None:
    """It is neither claimed nor counted nor nudged again, nor can it fail any more."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx)
        assert held
        work.finish(tx, held.id, now=NOW)
        work.give_up(tx, held.id, problem="late")
        work.retry(tx, held, due_at=NOW, problem="late")
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)

        assert (None, 0) == (claim(tx, now=LATER), work.backlog(tx))
        assert [] == work.due(tx, now=LATER, limit=9)


def test_failed_work_is_over(records: Records) -> None:
    """Work that was given up is not tried again."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx)
        assert held
        work.give_up(tx, held.id, problem="It never works.")

        assert (None, 0) == (claim(tx, now=LATER), work.backlog(tx))


def test_work_to_be_retried_is_free_at_its_time(records: Records) -> None:
    """A retry lets the lease go, remembers the problem and counts the tries."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        held = claim(tx)
        assert held
        soon = NOW + timedelta(seconds=5)
        work.retry(tx, held, due_at=soon, problem="503")
        again = claim(tx, "b", soon)

    assert again
    assert (2, "503", "b") == (again.tries, again.problem, again.owner)


@pytest.mark.parametrize("by", ["a", "b"])
def test_who_lost_the_work_cannot_give_it_back(records: Records, by: str) -> None:
    """It is somebody else's by now, if only another run's of the same process."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        lost, held = claim(tx, "a"), claim(tx, by, LATER)
        assert lost
        assert held
        work.retry(tx, lost, due_at=NOW, problem="too late")

        assert claim(tx, "c", LATER) is None
        assert work.renew(tx, held.id, owner=by, now=LATER, lease=LEASE)


def test_without_a_revision_the_oldest_is_claimed(records: Records) -> None:
    """Two updates of one report are two pieces of work; each can also be named."""
    with records.transaction() as tx:
        for revision in (2, 3, 4):
            due_at = NOW + timedelta(seconds=revision)
            work.enqueue(tx, COMPUTE_REPORTS, 7, revision=revision, due_at=due_at)
        asked = [None, 4, 4, None, None]
        held = [
            work.claim(tx, COMPUTE_REPORTS, 7, revision=r, owner="a", now=LATER, lease=LEASE)
            for r in asked
        ]

    assert [2, 4, None, 3, None] == [one.revision if one else None for one in held]


def test_due_work_is_claimed_oldest_first(records: Records) -> None:
    """Up to the limit, of one flow, and only what is free."""
    with records.transaction() as tx:
        for subject in (3, 1, 2):
            due_at = NOW + timedelta(seconds=subject)
            work.enqueue(tx, DELIVER_WEBHOOKS, subject, due_at=due_at)
        work.enqueue(tx, RECOGNIZE_SCENE, 9, due_at=NOW)
        first, second = (
            work.claim_due(tx, DELIVER_WEBHOOKS, owner="a", now=LATER, lease=LEASE, limit=2)
            for _ in range(2)
        )

    assert [[1, 2], [3]] == [[one.subject_id for one in held] for held in (first, second)]


def test_named_work_is_claimed_where_it_is_free(records: Records) -> None:
    """What is not named stays free; what is held, not due, over or unknown is passed over."""
    with records.transaction() as tx:
        for subject in (1, 2, 3, 4, 5):
            due_at = LATER if subject == 5 else NOW
            work.enqueue(tx, DELIVER_WEBHOOKS, subject, due_at=due_at)
        work.finish(tx, 4, now=NOW)
        how = {"owner": "a", "now": NOW, "lease": LEASE}
        first, second = (work.claim_these(tx, ids, **how) for ids in ([3], [5, 4, 3, 1, 8]))

        assert [[3], [1]] == [[one.subject_id for one in held] for held in (first, second)]
        assert [2] == [one.subject_id for one in work.due(tx, now=NOW, limit=9)]


def test_the_sweep_sees_what_nobody_holds(records: Records) -> None:
    """Due and free work is listed, oldest first; held, future and finished work is not."""
    with records.transaction() as tx:
        for subject in (1, 2, 3):
            work.enqueue(tx, RECOGNIZE_SCENE, subject, due_at=NOW - timedelta(seconds=subject))
        work.enqueue(tx, RECOGNIZE_SCENE, 4, due_at=LATER)
        claim(tx)

        assert [3, 2] == [one.subject_id for one in work.due(tx, now=NOW, limit=9)]
        assert [3] == [one.subject_id for one in work.due(tx, now=NOW, limit=1)]
        assert [3, 2, 1, 4] == [one.subject_id for one in work.due(tx, now=LATER, limit=9)]


def test_a_queue_is_full_with_so_much_open_work_of_one_flow(records: Records) -> None:
    """Other flows and what is over do not count; 0 is no limit."""
    with records.transaction() as tx:
        for subject in range(3):
            work.enqueue(tx, RECOGNIZE_SCENE, subject, due_at=NOW)
            work.enqueue(tx, DELIVER_WEBHOOKS, subject, due_at=NOW)
        done = claim(tx)
        assert done
        work.finish(tx, done.id, now=NOW)

        work.check_room(tx, RECOGNIZE_SCENE, 3)
        work.check_room(tx, RECOGNIZE_SCENE, 0)
        with pytest.raises(QueueFull):
            work.check_room(tx, RECOGNIZE_SCENE, 2)


def test_the_length_of_a_queue_is_read_from_its_index(records: Records) -> None:
    """However much was done, and however many webhooks wait."""
    with records.reading() as tx:
        if tx.dialect.name != "sqlite":
            pytest.skip("the plan of a small table is another there")
        plan = tx.exec_driver_sql(
            "EXPLAIN QUERY PLAN " + str(work._COUNT_UP_TO), {"flow": "x", "most": 1}
        ).fetchall()

    assert any("ix_work_open" in row[-1] for row in plan)


def test_work_handed_back_is_free_and_untried(records: Records) -> None:
    """A polite stop of its owner counts as no try; what others hold stays theirs."""
    with records.transaction() as tx:
        work.enqueue(tx, RECOGNIZE_SCENE, 1, due_at=NOW)
        work.enqueue(tx, RECOGNIZE_SCENE, 2, due_at=NOW)
        claim(tx)
        work.claim(tx, RECOGNIZE_SCENE, 2, owner="b", now=NOW, lease=LEASE)
        work.hand_back(tx, "a")

        assert [(1, 0)] == [(w.subject_id, w.tries) for w in work.due(tx, now=NOW, limit=9)]


def test_the_next_of_a_flow_is_found_however_much_of_another_waits(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Live work, and whether there is any, is asked for beside thousands of scenes of history."""
    records = Records(f"sqlite:///{copyfile(sqlite_template, tmp_path / 'records.db')}")
    asked: list[tuple[str, Any]] = []
    with records.reading() as tx:
        event.listen(tx, "before_cursor_execute", lambda *how: asked.append((how[2], how[3])))
        work.due(tx, now=NOW, limit=1, flow=COMPUTE_REPORTS)
        history.must_wait(tx, "host:", now=NOW)
        history.due_kinds(tx, now=NOW)
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {q}", how) for q, how in list(asked)]
        steps = {row.detail for plan in plans for row in plan}
    records.close()

    assert {"SEARCH work USING INDEX ix_work_open (flow=? AND state=? AND due_at<?)"} == steps
