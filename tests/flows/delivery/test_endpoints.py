"""What becomes of messages whose endpoint fails, is disabled or is removed."""

from typing import Any

from flows.delivery import attempt
from flows.send_due import PER_LANE, claim
from storage import endpoints
from storage.endpoints import DISABLED
from storage.work import DONE, FAILED
from tests.flows.sending import DAY, Sender, states
from tests.flows.webhook_receiver import Answer, Heard, Receiver, always


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


def test_what_arrives_while_its_endpoint_is_disabled_is_no_dead_letter(
    sender: Sender, receiver: Receiver
):
    """It was under way; sending it again would be needless."""
    endpoint = sender.register(receiver.url)
    for _ in range(2):
        sender.add(endpoint=endpoint)

    def answer(_: Heard) -> Answer:
        with sender.tools.records.transaction() as tx:
            endpoints.disable(tx, endpoint.id, because="Tried.", now=sender.clock())
        return Answer()

    receiver.answer = answer
    (claimed,) = claim(sender.tools, 1)
    attempt(sender.tools, claimed)

    assert ([DONE, FAILED], 1) == (states(sender), len(receiver.heard))
    assert sender.endpoint(endpoint.id).disabled_at
