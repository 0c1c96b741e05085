"""Work in lanes."""

from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlalchemy import event

from storage import lanes, work
from storage.records import Records
from tests.storage.rows import LEASE, NOW


def plan(records: Records) -> list[str]:
    """How SQLite looks for the next ones, its steps that touch work."""
    asked: list[tuple[str, Any]] = []
    with records.reading() as tx:
        event.listen(tx, "before_cursor_execute", lambda *how: asked.append((how[2], how[3])))
        lanes.next_due(tx, now=NOW, limit=16, per_lane=4)
        rows = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1])
        return [row.detail for row in rows if " work " in row.detail]


def test_the_next_ones_are_found_without_reading_all_that_is_due(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Every look goes into an index of lanes, or to a row by its id."""
    records = Records(f"sqlite:///{copyfile(sqlite_template, tmp_path / 'records.db')}")
    steps = plan(records)
    records.close()

    assert len(steps) > 4
    assert [] == [
        step
        for step in steps
        if not any(way in step for way in ("ix_work_lane", "ix_work_held", "PRIMARY KEY"))
    ]


def test_work_without_a_lane_is_none_of_it(records: Records) -> None:
    """Scenes wait for nobody's receiver; lanes are found in any order of their names."""
    with records.transaction() as tx:
        for subject, lane in enumerate([None, "b", "", "b", "a", None]):
            work.enqueue(tx, f"flow-{lane is None}", subject, due_at=NOW, lane=lane)
        ids = lanes.next_due(tx, now=NOW, limit=9, per_lane=1)
        held = work.claim_these(tx, ids, owner="a", now=NOW, lease=LEASE)

    assert ["b", "", "a"] == [one.lane for one in held]
