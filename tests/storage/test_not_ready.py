"""What monitors are told of reports that are waited for."""

from contextlib import suppress

from storage import not_ready, reports, scenes, work
from storage.not_ready import Awaited
from storage.records import Records, Transaction
from storage.report_bodies import Body
from tests.storage.rows import LEASE, LINEAGE, NOW, accept


def recognised(tx: Transaction, scene_id: int) -> None:
    """Mark the work of the scene as done."""
    now = {"now": NOW, "lease": LEASE}
    claimed = work.claim(tx, work.RECOGNIZE_SCENE, scene_id, owner="w", **now)  # type: ignore[arg-type]
    assert claimed
    work.finish(tx, claimed.id, now=NOW)


def test_reports_of_open_scenes_are_awaited(records: Records) -> None:
    """Since the scene was accepted."""
    with records.transaction() as tx:
        assert Awaited(0, 0, None) == not_ready.awaited(tx)
        accept(tx, "FACING_COUNT", "REALOGRAM")

        assert Awaited(2, 0, NOW) == not_ready.awaited(tx)


def test_a_report_that_nothing_will_make_is_lost(records: Records) -> None:
    """Its scene is over, and it is NOT_READY."""
    with records.transaction() as tx:
        accepted = accept(tx, "FACING_COUNT", "REALOGRAM")
        recognised(tx, accepted.scene_id)
        reports.set_error(tx, accepted.report_ids["REALOGRAM"], 1, "No.", now=NOW)

        assert Awaited(1, 1, NOW) == not_ready.awaited(tx)


def test_a_report_that_is_computed_anew_is_not_lost(records: Records) -> None:
    """Work of its own will make it."""
    with records.transaction() as tx:
        accepted = accept(tx)
        report_id = accepted.report_ids["FACING_COUNT"]
        recognised(tx, accepted.scene_id)
        body = Body(b"[]", None, "")
        reports.set_ready(tx, report_id, 1, body, lineage=LINEAGE, now=NOW)
        scenes.finish(tx, accepted.scene_id, status="DONE", problem=None, timings={}, now=NOW)
        reports.start_revision(tx, report_id, webhook=None, now=NOW)

        assert Awaited(1, 0, NOW) == not_ready.awaited(tx)


def test_accepted_scenes_are_counted(records: Records) -> None:
    """Those of a transaction that was undone are not."""
    with records.transaction() as tx:
        assert 0 == not_ready.accepted(tx)
        accept(tx)
        accept(tx)
    with suppress(ZeroDivisionError), records.transaction() as tx:
        accept(tx)
        1 / 0  # noqa: B018
    with records.reading() as tx:
        assert 2 == not_ready.accepted(tx)
