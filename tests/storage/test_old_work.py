"""Finished work goes after a while, and nothing is done twice for that."""

from datetime import timedelta

from sqlalchemy import Connection, select

from storage import history, old_work, reports, tables, work
from storage.history import RECOGNISE_AGAIN, REPORT_AGAIN
from storage.records import Records
from storage.work import COMPUTE_REPORTS, DELIVER_WEBHOOKS, RECOGNIZE_SCENE
from tests.storage.rows import LEASE, NOW, accept

LATER = NOW + timedelta(days=8)
BEFORE = LATER - timedelta(days=7)


def end(tx: Connection, flow: str, subject: int, *, at=NOW) -> None:
    """Do a piece of work that is due."""
    held = work.claim(tx, flow, subject, owner="a", now=at, lease=LEASE)
    assert held
    work.finish(tx, held.id, now=at)


def forgotten(records: Records) -> list[tuple[str, int]]:
    """What goes; the rest is there afterwards."""
    known = select(tables.work.c.id, tables.work.c.flow, tables.work.c.subject_id)
    with records.transaction() as tx:
        rows = {row.id: (row.flow, row.subject_id) for row in tx.execute(known)}
        ids = old_work.over(tx, before=BEFORE)
        old_work.forget(tx, ids)
        left = {row.id for row in tx.execute(known)}
    assert left == rows.keys() - set(ids)
    return [rows[id_] for id_ in ids]


def test_what_was_done_long_ago_goes(records: Records) -> None:
    """Not what was done since, is open, was given up, or belongs to a message."""
    with records.transaction() as tx:
        for flow in (RECOGNIZE_SCENE, COMPUTE_REPORTS, DELIVER_WEBHOOKS):
            for subject in (1, 2, 3, 4):
                work.enqueue(tx, flow, subject, due_at=NOW)
            end(tx, flow, 1)
            end(tx, flow, 2, at=BEFORE)
            held = work.claim(tx, flow, 3, owner="a", now=NOW, lease=LEASE)
            assert held
            work.give_up(tx, held.id, problem="no store")

    assert [(RECOGNIZE_SCENE, 1), (COMPUTE_REPORTS, 1)] == forgotten(records)


def test_a_batch_of_history_goes_as_one(records: Records) -> None:
    """As long as some of it is open or was done since, all of it is counted."""
    with records.transaction() as tx:
        for kind, batch, first in ((REPORT_AGAIN, "old", 1), (RECOGNISE_AGAIN, "long", 3)):
            history.ask(tx, kind, [first, first + 1], batch=batch, now=NOW)
            end(tx, kind, first)
        end(tx, REPORT_AGAIN, 2)

    assert [(REPORT_AGAIN, 1), (REPORT_AGAIN, 2)] == forgotten(records)
    with records.transaction() as tx:
        assert 2 == history.progress(tx, ["long"]).total
        end(tx, RECOGNISE_AGAIN, 4, at=BEFORE)
    assert [] == forgotten(records)


def test_a_scene_of_which_it_went_is_done_again_when_asked_for(records: Records) -> None:
    """The revision may be one that was used before."""
    with records.transaction() as tx:
        history.ask(tx, REPORT_AGAIN, [1], batch="first", now=NOW)
        end(tx, REPORT_AGAIN, 1)
    forgotten(records)

    with records.transaction() as tx:
        assert 1 == history.ask(tx, REPORT_AGAIN, [1], batch="second", now=LATER)
        end(tx, REPORT_AGAIN, 1, at=LATER)


def test_nothing_is_done_again_because_it_was_forgotten(records: Records) -> None:
    """A late nudge finds no work; a report asked for again is the next revision."""
    with records.transaction() as tx:
        made = accept(tx)
        end(tx, RECOGNIZE_SCENE, made.scene_id)
    assert [(RECOGNIZE_SCENE, made.scene_id)] == forgotten(records)

    with records.transaction() as tx:
        late = {"owner": "b", "now": LATER, "lease": LEASE}
        assert work.claim(tx, RECOGNIZE_SCENE, made.scene_id, **late) is None
        reports.start_revision(tx, made.report_ids["FACING_COUNT"], webhook=None, now=LATER)
        assert [] == work.due(tx, now=LATER, limit=9, flow=RECOGNIZE_SCENE)
        assert [2] == [one.revision for one in work.due(tx, now=LATER, limit=9)]
