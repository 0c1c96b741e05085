"""What happened becomes messages, in the transaction in which it happens."""

from datetime import datetime

from flows.cause import cause
from storage import endpoints, messages, report_changes, reports
from storage.endpoints import REPORT_CHANGED, REPORT_ERROR, REPORT_READY, SCENE_DONE
from storage.messages import Event
from storage.records import Transaction
from storage.reports import READY, Report
from storage.scenes import Scene


def report_ended(tx: Transaction, report: Report, status: str, *, now: datetime) -> None:
    """Tell the address the call named, and every endpoint that wants to know.

    Args:
        report: at the revision that ended, as it was before.
        status: READY or ERROR, in which it ended.
    """
    name = REPORT_READY if status == READY else REPORT_ERROR
    event = Event(name, report.scene_id, report.scene, report.id, report.revision)
    if url := reports.webhook_of(tx, report.id, report.revision):
        messages.add(tx, event, url=url, now=now, cause=cause())
    _tell(tx, event, now)
    if report_changes.is_changed(tx, report.id, report.revision):
        _tell(tx, Event(REPORT_CHANGED, *_rest(event)), now)


def report_changed(tx: Transaction, report: Report, revision: int, *, now: datetime) -> None:
    """Tell every endpoint that wants to know that a report made anew says something else.

    The address the call named has had its answer, and is told nothing.
    """
    _tell(tx, Event(REPORT_CHANGED, report.scene_id, report.scene, report.id, revision), now)


def scene_ended(tx: Transaction, scene: Scene, *, now: datetime) -> None:
    """Tell every endpoint that wants to know; telling it twice makes no second message."""
    _tell(tx, Event(SCENE_DONE, scene.id, scene.scene), now)


def _tell(tx: Transaction, event: Event, now: datetime) -> None:
    for endpoint in endpoints.wanting(tx, event.name):
        messages.add(tx, event, endpoint=endpoint, now=now, cause=cause())


def _rest(event: Event) -> tuple[int, str, int | None, int]:
    return event.scene_id, event.scene, event.report_id, event.revision
