"""What becomes of a message, whatever its receiver does."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from standardwebhooks import Webhook

from flows.delivery import attempt
from flows.retries import JITTER, RETRY_AFTER
from flows.send_due import PER_LANE, claim
from outbound.reply import Reply
from storage import endpoints, lanes, messages, webhook_secrets, work
from storage.endpoints import DISABLED
from storage.work import DONE, FAILED, OPEN
from tests.flows.sending import Clock, Sender, sending
from tests.flows.webhook_receiver import Answer, Heard, Receiver, receiving
from tests.storage.rows import accept

DAY = timedelta(days=1)


@pytest.fixture
def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """What sends webhooks, by a clock of its own."""
    clock = Clock()
    monkeypatch.setattr("flows.delivery.now", clock)
    monkeypatch.setattr("flows.send_due.now", clock)
    with sending(tmp_path / "data", clock) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything, unless a test says something else."""
    with receiving() as made:
        yield made


def always(status: int, **headers: str) -> Any:
    """A receiver that always answers so."""
    return lambda _: Answer(status, headers, b"as ever")


def states(sender: Sender) -> list[str]:
    """The state of each message, oldest first."""
    return [message.state for message in sender.messages()]


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


def test_gone_disables_an_endpoint_at_once(sender: Sender, receiver: Receiver):
    """What waits for it is given up and it gets nothing more, until somebody enables it."""
    receiver.answer = always(410)
    endpoint = sender.register(receiver.url)
    for _ in range(PER_LANE + 3):
        sender.add(endpoint=endpoint)
    sender.send()
    heard = len(receiver.heard)
    sender.add(endpoint=endpoint)
    sender.clock.forward(DAY)
    sender.send()

    assert heard <= PER_LANE
    assert heard == len(receiver.heard)
    assert {FAILED} == set(states(sender))
    assert "410" in (sender.endpoint(endpoint.id).disabled_because or "")


def test_gone_ends_a_message_to_an_address_that_a_call_named(sender: Sender, receiver: Receiver):
    """No second attempt; another message to the same place is tried all the same."""
    receiver.answer = always(410)
    for _ in range(2):
        sender.add(url=receiver.url)
    sender.send()

    assert [FAILED, FAILED] == states(sender)
    assert 2 == len(receiver.heard)


def fail_for(sender: Sender, endpoint: Any, *, days: int) -> None:
    """A message a day, and an attempt at each."""
    for _ in range(days):
        sender.clock.forward(DAY)
        sender.add(endpoint=endpoint)
        sender.send()


def test_an_endpoint_that_only_fails_is_disabled_after_five_days(
    sender: Sender, receiver: Receiver
):
    """Not before; what waited is a dead letter, and nothing more is sent."""
    receiver.answer = always(500)
    endpoint = sender.register(receiver.url)
    fail_for(sender, endpoint, days=5)
    before = sender.endpoint(endpoint.id).disabled_at
    fail_for(sender, endpoint, days=1)
    heard = len(receiver.heard)
    fail_for(sender, endpoint, days=3)
    problems = {message.problem for message in sender.messages(FAILED)}

    assert before is None
    assert sender.endpoint(endpoint.id).disabled_at
    assert heard == len(receiver.heard)
    assert DISABLED in problems
    assert {FAILED} == set(states(sender))


def test_one_success_makes_failures_forgotten(sender: Sender, receiver: Receiver):
    """Four bad days, a good moment, four bad days: still enabled."""
    endpoint = sender.register(receiver.url)
    for status in (500, 200, 500):
        receiver.answer = always(status)
        fail_for(sender, endpoint, days=1 if status == 200 else 4)
    receiver.answer = always(200)
    fail_for(sender, endpoint, days=1)

    assert (None, None) == (
        sender.endpoint(endpoint.id).disabled_at,
        sender.endpoint(endpoint.id).failing_since,
    )


def test_a_message_that_is_taken_already_is_not_sent_to_a_disabled_endpoint(
    sender: Sender, receiver: Receiver
):
    """Whoever claimed it finds out before sending."""
    endpoint = sender.register(receiver.url)
    sender.add(endpoint=endpoint)
    (claimed,) = claim(sender.tools, 9)
    with sender.tools.records.transaction() as tx:
        endpoints.disable(tx, endpoint.id, because="Tried.", now=sender.clock())
    attempt(sender.tools, claimed)

    assert ([], [FAILED]) == (receiver.heard, states(sender))


def test_a_removed_endpoint_takes_its_messages_with_it(sender: Sender, receiver: Receiver):
    """Also one that is taken already."""
    endpoint = sender.register(receiver.url)
    sender.add(endpoint=endpoint)
    (claimed,) = claim(sender.tools, 9)
    with sender.tools.records.transaction() as tx:
        endpoints.remove(tx, endpoint.id)
    attempt(sender.tools, claimed)

    assert ([], []) == (receiver.heard, sender.messages())


def test_an_endpoint_that_is_removed_while_it_answers_is_gone(sender: Sender, receiver: Receiver):
    """There is nothing left to write the attempt down for, and that is no error."""
    endpoint = sender.register(receiver.url)
    sender.add(endpoint=endpoint)

    def answer(_: Heard) -> Answer:
        with sender.tools.records.transaction() as tx:
            endpoints.remove(tx, endpoint.id)
        return Answer()

    receiver.answer = answer
    (claimed,) = claim(sender.tools, 9)
    attempt(sender.tools, claimed)

    assert (1, []) == (len(receiver.heard), sender.messages())


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


def test_every_attempt_is_written_down(sender: Sender, receiver: Receiver):
    """When, what came back and how it began, how long it took, and when the next one is due."""
    answers = [Answer(500, {}, b"no " * 2000), Answer(204)]
    receiver.answer = lambda _: answers.pop(0)
    message_id = sender.add(url=receiver.url)
    began = sender.clock()
    sender.send()
    sender.clock.forward(timedelta(seconds=7))
    sender.send()
    bad, good = sender.attempts(message_id)

    assert (began, 500, "STATUS", ("no " * 2000)[:2000]) == (
        bad.at,
        bad.status_code,
        bad.failure,
        bad.reply,
    )
    assert bad.milliseconds > 0
    assert bad.next_at
    assert began < bad.next_at <= good.at
    assert (204, None, None, None) == (good.status_code, good.failure, good.error, good.next_at)


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


def test_a_message_sent_again_is_the_same_message(sender: Sender, receiver: Receiver):
    """The same id and the same bytes, a new time and so a new signature."""
    endpoint = sender.register(receiver.url)
    sender.add(endpoint=endpoint)
    sender.send()
    sender.clock.forward(timedelta(minutes=1))
    uid = sender.messages()[0].uid
    sender.redeliver(uids=[uid])
    sender.send()
    first, second = receiver.heard
    stamps = [int(heard.headers["webhook-timestamp"]) for heard in (first, second)]

    assert (uid, uid) == (first.uid, second.uid)
    assert first.body == second.body
    assert 60 == stamps[1] - stamps[0]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_a_dead_letter_sent_again_has_ten_attempts(sender: Sender, receiver: Receiver):
    """Its first failure is the first of a new round."""
    receiver.answer = always(410)
    message_id = sender.add(url=receiver.url)
    sender.send()
    receiver.answer = always(500)
    sender.redeliver(states=[FAILED])
    sender.send()
    last = sender.attempts(message_id)[-1]

    assert [OPEN] == states(sender)
    assert last.next_at
    assert last.next_at - last.at <= RETRY_AFTER[0] * (1 + JITTER)


def test_no_secret_is_written_down(
    sender: Sender, receiver: Receiver, caplog: pytest.LogCaptureFixture
):
    """Neither what we sign with nor a login in an address, in attempts, problems or logs."""
    caplog.set_level("DEBUG")
    receiver.answer = always(500)
    login = receiver.url.replace("//", "//user:p4ssw0rd@")
    for url in (login, "http://user:p4ssw0rd@127.0.0.1:1/", "http://user:p4ssw0rd@/x", "p4ssw0rd"):
        sender.add(url=url)
    sender.send()
    with sender.tools.records.reading() as tx:
        (secret,) = webhook_secrets.find(tx, 0, now=sender.clock())
    written = [repr(sender.attempts(message.id)) for message in sender.messages()]
    written += [message.problem or "" for message in sender.messages()] + [caplog.text]
    forms = "p4ssw0rd", secret.hex(), base64.b64encode(secret).decode(), repr(secret)[2:-1]

    assert 4 == len(sender.messages(OPEN))
    assert [] == [form for form in forms for text in written if form in text]


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
