"""Claims and answers of requests that may come again."""

from datetime import timedelta

import pytest

from storage import replies
from storage.errors import OtherPayload, StillRunning
from storage.records import Records
from tests.storage.rows import NOW

REQUEST, PAYLOAD = "a" * 64, "b" * 64
ME, OTHER = "1" * 32, "2" * 32


def claim(
    records: Records, owner: str, *, payload: str = PAYLOAD, after: float = 0
) -> bytes | None:
    """Claim the request some seconds later."""
    with records.transaction() as tx:
        now = NOW + timedelta(seconds=after)
        return replies.claim(tx, REQUEST, payload, owner=owner, now=now)


def keep(records: Records, owner: str) -> None:
    """Answer it."""
    with records.transaction() as tx:
        replies.keep(tx, REQUEST, b"{}", owner=owner)


def test_a_new_request_is_the_callers(records: Records):
    """Then its answer is everybody's."""
    first = claim(records, ME)
    keep(records, ME)

    assert (None, b"{}") == (first, claim(records, OTHER))


def test_two_do_not_work_on_one_request(records: Records):
    """The second is told to come again."""
    claim(records, ME)

    with pytest.raises(StillRunning):
        claim(records, OTHER)


def test_a_claim_that_was_given_back_is_free(records: Records):
    """Only its owner gives it back."""
    claim(records, ME)
    with records.transaction() as tx:
        replies.give_back(tx, REQUEST, owner=OTHER)
    with pytest.raises(StillRunning):
        claim(records, OTHER)
    with records.transaction() as tx:
        replies.give_back(tx, REQUEST, owner=ME)

    assert claim(records, OTHER) is None


def test_an_answer_is_not_given_back(records: Records):
    """What was done stays done."""
    claim(records, ME)
    keep(records, ME)
    with records.transaction() as tx:
        replies.give_back(tx, REQUEST, owner=ME)

    assert b"{}" == claim(records, OTHER)


def test_the_claim_of_the_dead_is_taken_over(records: Records):
    """After a while, once; should its owner live, it may not answer any more."""
    claim(records, ME)
    taken = claim(records, OTHER, after=replies.PATIENCE.total_seconds())

    assert taken is None
    with pytest.raises(StillRunning):
        keep(records, ME)
    with pytest.raises(StillRunning):
        claim(records, "3" * 32, after=replies.PATIENCE.total_seconds() + 1)


def test_a_key_stands_for_one_payload(records: Records):
    """Also while it is worked on."""
    claim(records, ME)

    with pytest.raises(OtherPayload):
        claim(records, OTHER, payload="c" * 64)


def test_old_answers_are_forgotten(records: Records):
    """After two days the request is new."""
    claim(records, ME)
    keep(records, ME)
    with records.transaction() as tx:
        replies.forget_old(tx, now=NOW + replies.KEPT)

    assert claim(records, OTHER) is None
