"""Messages as people see them."""

from datetime import timedelta
from typing import Any

import pytest

from storage import dead_letters, message_log, messages, work
from storage.endpoints import REPORT_READY
from storage.errors import NotFound
from storage.message_log import Wanted
from storage.messages import Attempt, Event
from storage.records import Records, Transaction
from storage.waiting import waiting
from storage.work import DELIVER_WEBHOOKS, DONE, FAILED, OPEN
from tests.storage.rows import LEASE, NOW, accept

DAY = timedelta(days=1)


def add(tx: Transaction, state: str = OPEN, *, days_ago: int = 0) -> int:
    """A message in this state, with one attempt."""
    made = accept(tx)
    event = Event(REPORT_READY, made.scene_id, made.scene, made.report_ids["FACING_COUNT"])
    message_id = messages.add(tx, event, url="http://a.example/", now=NOW - days_ago * DAY)
    assert message_id
    messages.log_attempt(tx, Attempt(0, message_id, NOW, 200, None, None, "", 1.0, None))
    held = {"owner": "a", "now": NOW, "lease": LEASE}
    claimed = work.claim(tx, DELIVER_WEBHOOKS, message_id, **held) if state != OPEN else None
    if claimed and state == DONE:
        work.finish(tx, claimed.id, now=NOW)
    if claimed and state == FAILED:
        work.give_up(tx, claimed.id, problem="410")
    return message_id


def test_old_messages_that_are_over_are_forgotten(records: Records) -> None:
    """With their attempts and their work; what still waits stays, however old."""
    with records.transaction() as tx:
        old = [add(tx, state, days_ago=31) for state in (OPEN, DONE, FAILED)]
        young = [add(tx, state, days_ago=29) for state in (OPEN, DONE, FAILED)]
        message_log.forget_old(tx, before=NOW - 30 * DAY)
        _, kept = message_log.page(tx, Wanted(), limit=99, offset=0)
        gone = [messages.attempts(tx, one) for one in old]

        assert [old[0], *young] == [one.id for one in kept][::-1]
        assert [1, 0, 0] == [len(attempts) for attempts in gone]
        left = next(one for one in waiting(tx) if one.flow == DELIVER_WEBHOOKS)
        assert (2, 1) == (left.open, left.failed)


def test_counts_tell_what_waits_and_what_is_dead(records: Records) -> None:
    """Delivered ones do not count."""
    with records.transaction() as tx:
        for state in (OPEN, OPEN, DONE, FAILED):
            add(tx, state)

        assert {0: message_log.Count(2, 1)} == message_log.counts(tx)
        assert message_log.oldest_open(tx) == NOW


def test_a_message_that_is_not_there_is_named(records: Records) -> None:
    """And nothing else is sent again with it."""
    with records.transaction() as tx:
        message_id = add(tx, DONE)
        uid = messages.get(tx, message_id).uid
    with pytest.raises(NotFound, match="msg_nobody"):
        message_log.redeliver(records, Wanted(uids=[uid, "msg_nobody"]), now=NOW)

    with records.reading() as tx:
        assert {} == message_log.counts(tx)


def test_many_are_sent_again_in_several_transactions(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write in between; every one is sent again, once."""
    monkeypatch.setattr(message_log, "_AT_ONCE", 2)
    with records.transaction() as tx:
        for _ in range(5):
            add(tx, FAILED)
    real, batches = dead_letters.revive, list[int]()

    def revive(tx: Transaction, ids: list[int], **how: Any) -> None:
        batches.append(len(ids))
        real(tx, ids, **how)

    monkeypatch.setattr(dead_letters, "revive", revive)
    sent = message_log.redeliver(records, Wanted(states=[FAILED]), now=NOW)

    assert (5, [2, 2, 1]) == (sent, batches)
    with records.reading() as tx:
        assert {0: message_log.Count(5, 0)} == message_log.counts(tx)
