"""Defences taken away one by one, so that the tests of the defences must fail.

Each is called in the process that shall live without it, before it does anything.
"""

from typing import Any

from flows import make_report
from storage import failpoints, work


def outbox() -> None:
    """A scene is accepted without the row that says it must be recognised."""
    work.enqueue = lambda *_, **__: None


def lease_end() -> None:
    """A lease never runs out."""
    taken_once = work.is_free

    def never_taken(now: Any, **more: Any) -> Any:
        return taken_once(now, **more) & (work.tables.work.c.tries == 0)

    work.is_free = never_taken


def one_transaction() -> None:
    """A report is READY in one transaction and its message is noted in the next."""
    announce = make_report.report_ended

    def later(tx: Any, *arguments: Any, **more: Any) -> None:
        tx.exec_driver_sql("COMMIT")
        failpoints.hit("report ended")
        tx.exec_driver_sql("BEGIN")
        announce(tx, *arguments, **more)

    make_report.report_ended = later
