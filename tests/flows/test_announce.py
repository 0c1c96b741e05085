"""What happened becomes messages to whoever wants to know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.announce import report_ended, scene_ended
from storage import endpoints, reports, scenes
from storage.endpoints import REPORT_CHANGED, REPORT_ERROR, REPORT_READY, SCENE_DONE
from storage.reports import ERROR, READY
from storage.scenes import Accepted
from tests.flows.sending import Clock, Sender, sending
from tests.storage.rows import accept

URL = "http://a.example/hook"


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    """Stores, and what reads messages."""
    with sending(tmp_path / "data", Clock()) as made:
        yield made


def new_scene(sender: Sender, **fields: Any) -> Accepted:
    """A scene with one report."""
    with sender.tools.records.transaction() as tx:
        return accept(tx, now=sender.clock(), **fields)


def end(sender: Sender, made: Accepted, body: bytes | None = b"[]") -> None:
    """End the newest revision of its report: READY with this body, or ERROR without one."""
    (report_id,) = made.report_ids.values()
    with sender.tools.records.transaction() as tx:
        report = reports.get(tx, report_id)
        if body is None:
            reports.set_error(tx, report_id, report.revision, "No.", now=sender.clock())
        else:
            sender.ready(tx, made, report.revision, body)
        report_ended(tx, report, READY if body is not None else ERROR, now=sender.clock())


def again(sender: Sender, made: Accepted, webhook: str | None = None) -> None:
    """Ask for the report once more."""
    (report_id,) = made.report_ids.values()
    with sender.tools.records.transaction() as tx:
        reports.start_revision(tx, report_id, webhook=webhook, now=sender.clock())


def told(sender: Sender) -> list[tuple[str, int | None, str, int]]:
    """Event, endpoint, address and revision of each message."""
    return [(one.event, one.endpoint_id, one.url, one.revision) for one in sender.messages()]


def test_a_report_goes_where_the_call_said_and_to_those_who_want_it(sender: Sender):
    """One message each; an endpoint that wants other events has none."""
    sender.register(URL, REPORT_READY)
    sender.register(URL, REPORT_ERROR, SCENE_DONE)
    end(sender, new_scene(sender, webhook="http://call.example/"))

    assert [(REPORT_READY, None, "http://call.example/", 1), (REPORT_READY, 1, "", 1)] == (
        told(sender)
    )


def test_a_failed_report_is_an_event_of_its_own(sender: Sender):
    """Not the one of reports that are ready."""
    sender.register(URL, REPORT_READY)
    sender.register(URL, REPORT_ERROR)
    end(sender, new_scene(sender), None)

    assert [(REPORT_ERROR, 2, "", 1)] == told(sender)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (b"[]", b"[]", False),
        (b"[]", b"[1]", True),
        (b"[]", None, True),
        (None, b"[]", True),
        (None, None, False),
    ],
)
def test_another_answer_than_before_is_a_change(
    sender: Sender, before: bytes | None, after: bytes | None, changed: bool
):
    """The same answer made anew is none, nor is the first one."""
    sender.register(URL, REPORT_CHANGED)
    made = new_scene(sender)
    end(sender, made, before)
    again(sender, made)
    end(sender, made, after)

    assert [(REPORT_CHANGED, 1, "", 2)] * changed == told(sender)


def test_a_revision_that_never_ended_is_compared_with_nothing(sender: Sender):
    """The last one that did end counts."""
    sender.register(URL, REPORT_CHANGED)
    made = new_scene(sender)
    end(sender, made, b"[]")
    again(sender, made)
    again(sender, made)
    end(sender, made, b"[1]")

    assert [(REPORT_CHANGED, 1, "", 3)] == told(sender)


def test_the_end_of_a_scene_is_told_once(sender: Sender):
    """However often recognition comes to its end."""
    sender.register(URL)
    made = new_scene(sender)
    for _ in range(2):
        with sender.tools.records.transaction() as tx:
            scene_ended(tx, scenes.get(tx, made.scene_id), now=sender.clock())

    assert [(SCENE_DONE, 1, "", 1)] == told(sender)


def test_what_a_disabled_endpoint_misses_can_be_sent_later(sender: Sender):
    """It is a dead letter at once; nothing is sent meanwhile."""
    endpoint = sender.register(URL)
    with sender.tools.records.transaction() as tx:
        endpoints.disable(tx, endpoint.id, because="Test.", now=sender.clock())
    end(sender, new_scene(sender))
    with sender.tools.records.transaction() as tx:
        endpoints.enable(tx, endpoint.id)

    assert ["FAILED"] == [message.state for message in sender.messages()]
    assert 1 == sender.redeliver(states=["FAILED"])
    assert ["OPEN"] == [message.state for message in sender.messages()]
