"""Webhook messages and their attempts."""

from datetime import timedelta

import pytest

from storage import messages, work
from storage.errors import NotFound
from storage.records import Records
from tests.storage.rows import LEASE, NOW, accept

URL = "https://example.com/hook"


def test_a_message_is_work_to_deliver(records: Records) -> None:
    """Adding a message notes that it must go out, at once."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        message_id = messages.add(tx, report_id=report_id, revision=1, url=URL, now=NOW)
        assert message_id
        message = messages.get(tx, message_id)
        held = work.claim_due(tx, "deliver-webhooks", owner="a", now=NOW, lease=LEASE, limit=9)

    assert (report_id, 1, URL, NOW) == (
        message.report_id,
        message.revision,
        message.url,
        message.created_at,
    )
    assert [message_id] == [one.subject_id for one in held]


def test_the_same_message_is_not_added_twice(records: Records) -> None:
    """Report, revision and address name a message; another revision is another message."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        added = [
            messages.add(tx, report_id=report_id, revision=revision, url=URL, now=NOW)
            for revision in (1, 1, 2)
        ]

    assert [False, True, False] == [message_id is None for message_id in added]


def test_messages_are_open_until_delivered(records: Records) -> None:
    """Of one scene, oldest first; what was given up is not open."""
    with records.transaction() as tx:
        accepted = accept(tx, "FACING_COUNT", "REALOGRAM", "SHARE_OF_SPACE")
        other = accept(tx)
        ids = [
            messages.add(tx, report_id=report_id, revision=1, url=URL, now=NOW)
            for report_id in (*accepted.report_ids.values(), *other.report_ids.values())
        ]
        done, failed = work.claim_due(
            tx, "deliver-webhooks", owner="a", now=NOW, lease=LEASE, limit=2
        )
        work.finish(tx, done.id, now=NOW)
        work.give_up(tx, failed.id, problem="410")

        assert [ids[2]] == messages.open_for_scene(tx, accepted.scene_id)


def test_every_attempt_is_logged(records: Records) -> None:
    """Answers and failures, in order, with their time."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        message_id = messages.add(tx, report_id=report_id, revision=1, url=URL, now=NOW)
        assert message_id
        later = NOW + timedelta(seconds=5)
        for at, code, error in ((NOW, None, "Timed out."), (later, 204, None)):
            messages.log_attempt(
                tx, message_id, at=at, status_code=code, error=error, milliseconds=12.5
            )
        logged = messages.attempts(tx, message_id)

    assert [(NOW, None, "Timed out.", 12.5), (later, 204, None, 12.5)] == [
        (one.at, one.status_code, one.error, one.milliseconds) for one in logged
    ]


def test_an_unknown_message_is_not_found(records: Records) -> None:
    """Asking for an id that was never given out names it."""
    with pytest.raises(NotFound, match="message 4"), records.reading() as tx:
        messages.get(tx, 4)
