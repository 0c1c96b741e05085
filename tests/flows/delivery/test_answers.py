"""What follows from each answer of a receiver, and from none."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from standardwebhooks import Webhook

from flows import send_due
from flows.resources import Resources
from flows.retries import JITTER, RETRY_AFTER
from flows.send_due import AT_ONCE, PER_LANE, claim
from outbound.reply import Reply
from storage import lanes, messages, webhook_secrets, work
from storage.work import DONE, FAILED, OPEN
from tests.flows.sending import DAY, Sender, states
from tests.flows.webhook_receiver import Answer, Heard, Receiver, always
from tests.storage.rows import accept


def test_an_address_that_a_call_named_gets_the_report(sender: Sender, receiver: Receiver):
    """The body of the original service, signed with the secret of the installation."""
    sender.add(url=receiver.url)
    sender.send()
    (heard,) = receiver.heard
    with sender.tools.records.reading() as tx:
        (secret,) = webhook_secrets.find(tx, 0, now=sender.clock())

    assert {"FACING_COUNT": []} == json.loads(heard.body)["reports"]
    Webhook(secret).verify(heard.body, heard.headers)
    assert [DONE] == states(sender)


def test_an_endpoint_gets_an_event(sender: Sender, receiver: Receiver):
    """Its name, when it happened, and the same report; signed with the endpoint's own secret."""
    endpoint = sender.register(receiver.url)
    sender.add(endpoint=endpoint)
    sender.send()
    (heard,) = receiver.heard
    with sender.tools.records.reading() as tx:
        (secret,) = webhook_secrets.find(tx, endpoint.id, now=sender.clock())
    said = json.loads(heard.body)

    Webhook(secret).verify(heard.body, heard.headers)
    assert ("report.ready", 1, "READY", {"FACING_COUNT": []}) == (
        said["type"],
        said["data"]["revision"],
        said["data"]["status"],
        said["data"]["reports"],
    )
    assert said["timestamp"].endswith("Z")


def test_a_message_is_tried_ten_times_and_is_a_dead_letter_then(sender: Sender):
    """At 0, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h after the one before, within 20 %."""

    class Down:
        def post(self, *_: object, **__: object) -> Reply:
            return Reply(500, "HTTP 500: ", 1.0, failure="STATUS")

    sender.tools.door = Down()  # pyright: ignore[reportAttributeAccessIssue]  500 without a server
    ids = [sender.add(url=f"http://{n}.example/") for n in range(8)]
    while waiting := sender.messages(OPEN):
        sender.clock.now = min(message.due_at for message in waiting)
        sender.send()
    for message_id in ids:
        times = [one.at for one in sender.attempts(message_id)]
        ratios = [
            (after - before) / wait
            for before, after, wait in zip(times[:-1], times[1:], RETRY_AFTER, strict=True)
        ]
        assert 10 == len(times)
        assert 1 - JITTER <= min(ratios)
        assert max(ratios) <= 1 + JITTER + 0.01  # a moment passes until it is sent

    assert ids == [message.id for message in sender.messages(FAILED)]


def test_a_receiver_says_when_to_come_again(sender: Sender, receiver: Receiver):
    """Up to twice the wait of the schedule."""
    receiver.answer = always(503, **{"Retry-After": "9"})
    message_id = sender.add(url=receiver.url)
    sender.send()
    (tried,) = sender.attempts(message_id)

    assert timedelta(seconds=9) == (tried.next_at or tried.at) - tried.at


def test_a_redirect_is_a_failure_and_not_followed(sender: Sender, receiver: Receiver):
    """One request; the next attempt goes where this one went."""
    receiver.answer = always(307, Location="/elsewhere")
    message_id = sender.add(url=f"{receiver.url}/hook")
    sender.send()
    (tried,) = sender.attempts(message_id)

    assert ["/hook"] == [heard.path for heard in receiver.heard]
    assert ("REDIRECT", 307, [OPEN]) == (tried.failure, tried.status_code, states(sender))


def test_gone_ends_a_message_to_an_address_that_a_call_named(sender: Sender, receiver: Receiver):
    """No second attempt; another message to the same place is tried all the same."""
    receiver.answer = always(410)
    for _ in range(2):
        sender.add(url=receiver.url)
    sender.send()

    assert [FAILED, FAILED] == states(sender)
    assert 2 == len(receiver.heard)


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("http://127.0.0.1:1/", "CONNECTION"),
        ("http://10.0.0.1/", "NOT_OPEN"),
        ("http://no-such-host.invalid/", "CONNECTION"),
    ],
)
def test_no_answer_is_an_attempt_too(sender: Sender, url: str, failure: str):
    """Its kind says what to look at; it is tried again."""
    message_id = sender.add(url=url)
    sender.send()
    (tried,) = sender.attempts(message_id)

    assert (None, failure, [OPEN]) == (tried.status_code, tried.failure, states(sender))


def test_a_body_that_cannot_be_read_is_a_failed_attempt(sender: Sender, receiver: Receiver):
    """It is tried again, as if the receiver had failed; the endpoint is not to blame."""
    endpoint = sender.register(receiver.url)
    with sender.tools.records.transaction() as tx:
        event = sender.ready(tx, accept(tx), body=b'"' + b"x" * 100_000 + b'"')
        messages.add(tx, event, endpoint=endpoint, now=sender.clock())
    for kept in (Path(sender.tools.settings.data) / "objects/bodies").iterdir():
        kept.unlink()
    sender.send()
    (tried,) = sender.attempts(1)

    assert ("BODY", [OPEN], []) == (tried.failure, states(sender), receiver.heard)
    assert sender.endpoint(endpoint.id).failing_since is None


def test_looking_for_what_is_due_locks_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch):
    """Others write meanwhile, and what they take is not waited for: the next ones are taken."""
    ids = [sender.add(url="https://slow.test/") for _ in range(6)]
    real, taken = lanes.next_due, list[int]()

    def next_due(tx: Any, **how: Any) -> list[int]:
        found = real(tx, **how)
        with sender.tools.records.transaction() as other:  # waits for ever where a lock is held
            if not taken:
                lease = {"owner": "another", "now": sender.clock(), "lease": DAY}
                held = work.claim_these(other, found[:2], **lease)
                taken.extend(one.subject_id for one in held)
        return found

    monkeypatch.setattr(lanes, "next_due", next_due)
    first, second = claim(sender.tools, 2), claim(sender.tools, 9)

    assert (ids[:2], ids[2:4], []) == (taken, [one.subject_id for one in first], second)


def test_what_arrived_while_the_records_were_away_is_not_sent_again(
    lock_records: Callable[[Resources], None], sender: Sender, receiver: Receiver
):
    """The answer is written down as soon as they are back."""

    def answer(_: Heard) -> Answer:
        lock_records(sender.tools)
        return Answer()

    receiver.answer = answer
    message = sender.add(url=receiver.url)
    sender.send()
    sender.clock.forward(DAY)
    sender.send()

    assert (1, [DONE]) == (len(receiver.heard), states(sender))
    assert [200] == [tried.status_code for tried in sender.attempts(message)]


@pytest.mark.parametrize(
    ("per_lane", "taken"), [(PER_LANE, [PER_LANE, PER_LANE]), (AT_ONCE, [AT_ONCE, 0])]
)
def test_nobody_takes_every_place(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, per_lane: int, taken: list[int]
):
    """With as many of a lane as there are places, the receiver before the others had them all."""
    monkeypatch.setattr(send_due, "PER_LANE", per_lane)
    first, second = (sender.register(f"https://{name}.test/") for name in ("first", "second"))
    for endpoint in (first, second):
        for _ in range(AT_ONCE + 1):
            sender.add(endpoint=endpoint)
    lanes_taken = Counter(one.lane for one in claim(sender.tools, AT_ONCE))

    assert taken == [lanes_taken[f"endpoint {one.id}"] for one in (first, second)]


def test_one_that_hangs_holds_up_itself_alone(sender: Sender, receiver: Receiver):
    """Twenty messages each; the nine others have theirs while the first four still hang."""
    go_on, others = Flag(), 9 * 20

    def answer(heard: Heard) -> Answer:
        if heard.path == "/0":
            go_on.wait(20)
        elif sum(one.path != "/0" for one in receiver.heard) == others:
            hanging.append(sum(one.path == "/0" for one in receiver.heard))
            go_on.set()
        return Answer()

    hanging: list[int] = []
    receiver.answer = answer
    made = [sender.register(f"{receiver.url}/{n}") for n in range(10)]
    for endpoint in made:
        for _ in range(20):
            sender.add(endpoint=endpoint)
    sender.send()

    assert [PER_LANE] == list(dict.fromkeys(hanging))
    assert [DONE] * 200 == states(sender)
