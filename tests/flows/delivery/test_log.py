"""What is written down of every attempt, and messages that are sent again."""

import base64
from datetime import timedelta

import pytest

from flows.retries import JITTER, RETRY_AFTER
from storage import webhook_secrets
from storage.work import FAILED, OPEN
from tests.flows.sending import Sender, states
from tests.flows.webhook_receiver import Answer, Receiver, always


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
