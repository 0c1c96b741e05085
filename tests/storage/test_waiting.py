"""What monitors ask of the outbox."""

from typing import Any

import pytest
from sqlalchemy import event

from storage import waiting
from storage.records import Records


def test_what_was_done_is_not_read(records: Records) -> None:
    """However much it is: an index tells what is open and what was given up."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        asked.append(statement)

    with records.reading() as tx:
        if tx.dialect.name != "sqlite":
            pytest.skip("the plan of a small table is another there")
        event.listen(tx, "before_cursor_execute", hear)
        waiting.waiting(tx)
        values = ("OPEN", "FAILED", "OPEN", "OPEN", "FAILED")
        marks = asked[-1].count("?")
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}", values[:marks]).fetchall()

    assert any("SEARCH work USING INDEX ix_work_state_due_at" in row[-1] for row in plan)
