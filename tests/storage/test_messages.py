"""Webhook messages and their attempts."""

from datetime import timedelta
from typing import Any

import pytest

from storage import endpoints, lanes, messages, work
from storage.endpoints import REPORT_READY, Endpoint
from storage.errors import NotFound
from storage.messages import Attempt, Event
from storage.records import Records, Transaction
from storage.scenes import Accepted
from storage.work import Work
from tests.storage.rows import LEASE, NOW, accept

URL = "https://example.com/hook"


def event(accepted: Accepted, report_type: str = "FACING_COUNT", revision: int = 1) -> Event:
    """A report of the scene is ready."""
    report_id = accepted.report_ids[report_type]
    return Event(REPORT_READY, accepted.scene_id, accepted.scene, report_id, revision)


def add(tx: Transaction, *urls: str, now: Any = NOW, endpoint: Endpoint | None = None) -> list[int]:
    """Add a message of a new scene for each address, or for the endpoint."""
    made = [
        messages.add(tx, event(accept(tx)), url=url, endpoint=endpoint, now=now) for url in urls
    ]
    return [message_id for message_id in made if message_id is not None]


def claim(tx: Transaction, *, owner: str = "a", now: Any = NOW, limit: int = 100) -> list[Work]:
    """Take what is due, four of a lane."""
    ids = lanes.next_due(tx, now=now, limit=limit, per_lane=4)
    return work.claim_these(tx, ids, owner=owner, now=now, lease=LEASE)


def claimed(tx: Transaction, **by: Any) -> list[int]:
    """The messages that are taken."""
    return [one.subject_id for one in claim(tx, **by)]


def test_a_message_is_work_to_deliver(records: Records) -> None:
    """Adding a message notes that it must go out, at once."""
    with records.transaction() as tx:
        accepted = accept(tx)
        message_id = messages.add(tx, event(accepted), url=URL, now=NOW)
        assert message_id
        message = messages.get(tx, message_id)

        assert [message_id] == claimed(tx)

    assert (REPORT_READY, accepted.scene_id, accepted.report_ids["FACING_COUNT"], 1, URL, 0) == (
        message.event,
        message.scene_id,
        message.report_id,
        message.revision,
        message.url,
        message.failures,
    )


def test_the_same_message_is_not_added_twice(records: Records) -> None:
    """Event, revision and address name a message; another revision is another message."""
    with records.transaction() as tx:
        accepted = accept(tx)
        added = [
            messages.add(tx, event(accepted, revision=revision), url=url, now=NOW)
            for revision, url in ((1, URL), (1, URL), (2, URL), (1, URL + "/other"))
        ]

    assert [False, True, False, False] == [message_id is None for message_id in added]


def test_every_message_has_a_name_of_its_own(records: Records) -> None:
    """Receivers tell messages by it."""
    with records.transaction() as tx:
        ids = add(tx, *[URL] * 50)
        uids = {messages.get(tx, one).uid for one in ids}

    assert 50 == len(uids)
    assert all(uid.startswith("msg_") and len(uid) == 36 for uid in uids)


def test_few_messages_of_one_receiver_are_sent_at_a_time(records: Records) -> None:
    """What is held of a lane counts, whoever holds it; the others do not wait behind it."""
    with records.transaction() as tx:
        slow = add(tx, *["https://slow.example/a"] * 4, *["https://slow.example/b"] * 4)
        other = add(tx, "https://other.example/", now=NOW)

        assert {*slow[:4], *other} == set(claimed(tx))
        assert [] == claimed(tx, owner="b")


def test_a_lane_goes_on_when_its_messages_are_settled(records: Records) -> None:
    """Delivered, put off or dropped with a dead process: each makes room for the next."""
    with records.transaction() as tx:
        ids = add(tx, *[URL] * 7)
        held = claim(tx)
        work.finish(tx, held[0].id, now=NOW)
        work.retry(tx, held[1], due_at=NOW + timedelta(hours=1), problem="500")

        assert ids[4:6] == claimed(tx)
        assert {*ids[2:6]} == set(claimed(tx, now=NOW + LEASE))


def test_each_endpoint_is_a_lane_of_its_own(records: Records) -> None:
    """Two at one host do not wait for each other."""
    with records.transaction() as tx:
        made = [
            endpoints.add(tx, url=f"{URL}/{n}", events=[REPORT_READY], description="", now=NOW)
            for n in range(2)
        ]
        for endpoint in made:
            add(tx, *[""] * 5, endpoint=endpoint)

        assert 8 == len(claimed(tx))


def test_the_longest_due_goes_first(records: Records) -> None:
    """Over all lanes."""
    with records.transaction() as tx:
        late = add(tx, "https://a.example/", now=NOW)
        early = add(tx, "https://b.example/", now=NOW - timedelta(hours=1))

        assert early == claimed(tx, limit=1)
        assert late == claimed(tx, limit=1)


def test_every_attempt_is_logged(records: Records) -> None:
    """Answers and failures, in order, with their time."""
    with records.transaction() as tx:
        (message_id,) = add(tx, URL)
        later = NOW + timedelta(seconds=5)
        tries = [
            Attempt(0, message_id, NOW, None, "TIMEOUT", "Timed out.", None, 12.5, later),
            Attempt(0, message_id, later, 204, None, None, "", 2.5, None),
        ]
        for one in tries:
            messages.log_attempt(tx, one)
        logged = messages.attempts(tx, message_id)

    assert tries == [
        Attempt(**{name: getattr(one, name) for name in one.__struct_fields__} | {"id": 0})
        for one in logged
    ]


def test_an_unknown_message_is_not_found(records: Records) -> None:
    """Asking for an id that was never given out names it."""
    with pytest.raises(NotFound, match="message 4"), records.reading() as tx:
        messages.get(tx, 4)
