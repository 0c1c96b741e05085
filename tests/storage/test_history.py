"""Which scenes are done again, the work of it, and for whom it waits."""

from datetime import timedelta

import pytest

from storage import history, scenes, work
from storage.history import RECOGNISE_AGAIN, REPORT_AGAIN, Progress, Wanted
from storage.records import Records
from storage.scenes import NewScene
from storage.stuck import stuck
from storage.work import RECOGNIZE_SCENE
from tests.storage.rows import NOW, upload

LEASE = timedelta(minutes=1)


def done_scene(records: Records, **fields) -> int:
    """A scene that was recognised."""
    with records.transaction() as tx:
        made = scenes.accept(tx, NewScene([upload(tx).id], [], **fields), now=NOW)
        models = {"detector": "d-1", "embedder": "e-1", "flow_run_id": None}
        scenes.start(tx, made.scene_id, **models, now=NOW)
        scenes.set_facts(tx, made.scene_id, revision=1, day=NOW.date(), now=NOW)
        ended = {"status": scenes.DONE, "problem": None, "timings": {}}
        scenes.finish(tx, made.scene_id, **ended, now=NOW)
        claimed = work.claim(tx, RECOGNIZE_SCENE, made.scene_id, owner="w", now=NOW, lease=LEASE)
        assert claimed
        work.finish(tx, claimed.id, now=NOW)
    return made.scene_id


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), True),
        (Wanted(since=NOW.date(), until=NOW.date()), True),
        (Wanted(since=NOW.date() + timedelta(days=1)), False),
        (Wanted(until=NOW.date() - timedelta(days=1)), False),
        (Wanted(display=5), True),
        (Wanted(display=6), False),
        (Wanted(shop="S1"), False),
        (Wanted(model="d-1"), True),
        (Wanted(model="e-2"), False),
    ],
)
def test_scenes_are_chosen_by_what_is_wanted(records: Records, wanted: Wanted, found: bool):
    """Days are those of UTC, both included; a model is the detector or the embedder."""
    scene_id = done_scene(records, display_id=5)

    with records.reading() as tx:
        assert ([scene_id] if found else []) == [
            one.id for one in history.chosen(tx, wanted, after=0)
        ]


def test_a_scene_that_is_not_done_is_no_history(records: Records):
    """Recognition is still to come."""
    with records.transaction() as tx:
        scenes.accept(tx, NewScene([upload(tx).id], []), now=NOW)

        assert [] == history.chosen(tx, Wanted(), after=0)


def test_the_same_work_is_noted_once(records: Records):
    """While it is open nobody can ask for it again; afterwards another batch can."""
    scene_id = done_scene(records)
    with records.transaction() as tx:
        first = history.ask(tx, RECOGNISE_AGAIN, [scene_id], batch="one", now=NOW)
        again = history.ask(tx, RECOGNISE_AGAIN, [scene_id], batch="two", now=NOW)
        [mine] = work.claim_due(tx, RECOGNISE_AGAIN, owner="w", now=NOW, lease=LEASE, limit=9)
        work.finish(tx, mine.id, now=NOW)
        same = history.ask(tx, RECOGNISE_AGAIN, [scene_id], batch="one", now=NOW)
        later = history.ask(tx, RECOGNISE_AGAIN, [scene_id], batch="two", now=NOW)

        assert (1, 0, 0, 1) == (first, again, same, later)
        assert Progress(1, 0, 0) == history.progress(tx, ["one"])
        assert (["two"], [RECOGNISE_AGAIN]) == (
            history.open_batches(tx),
            history.due_kinds(tx, now=NOW),
        )


def test_history_waits_for_scenes_that_are_due(records: Records):
    """For those nobody holds and those of this host; not for those another host works on."""
    with records.transaction() as tx:
        made = scenes.accept(tx, NewScene([upload(tx).id], []), now=NOW)
        waits = [history.must_wait(tx, "here:", now=NOW)]
        elsewhere = {"owner": "there:1:x", "now": NOW, "lease": LEASE}
        held = work.claim(tx, RECOGNIZE_SCENE, made.scene_id, **elsewhere)
        assert held
        waits.append(history.must_wait(tx, "here:", now=NOW))
        waits.append(history.must_wait(tx, "there:", now=NOW))
        work.finish(tx, held.id, now=NOW)
        waits.append(history.must_wait(tx, "there:", now=NOW))

    assert [True, False, True, False] == waits


def test_history_that_waits_its_turn_is_not_stuck(records: Records):
    """Unless it was tried and failed."""
    scene_id = done_scene(records)
    with records.transaction() as tx:
        history.ask(tx, REPORT_AGAIN, [scene_id], batch="one", now=NOW)
        late = {"now": NOW + timedelta(days=1), "after": LEASE, "limit": 9}
        _, patient = stuck(tx, **late)
        [mine] = work.claim_due(tx, REPORT_AGAIN, owner="w", now=NOW, lease=LEASE, limit=9)
        work.retry(tx, mine, due_at=NOW, problem="x")

        assert ([], [mine.id]) == (patient, [one.id for one in stuck(tx, **late)[1]])
