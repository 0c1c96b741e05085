"""Nobody waits in a circle: what several transactions lock, they lock in one order."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from flows import delivery, make_report
from flows.delivery import Addressed
from flows.make_report import Answer
from outbound.reply import Reply
from storage import endpoints, message_log, messages, reports, work
from storage.endpoints import EVENTS, REPORT_READY, Endpoint
from storage.message_log import Wanted
from storage.messages import Event as Told
from storage.records import Records, Transaction
from storage.work import DELIVER_WEBHOOKS
from tests.storage.rows import NOW, accept

LEASE = timedelta(seconds=60)


class Tools:
    """All that ending a report needs of a worker."""

    def __init__(self, records: Records) -> None:
        self.records = records


def side_by_side(*steps: Callable[[], object]) -> list[Exception]:
    """Do these in threads of their own; what they raised."""
    raised: list[Exception] = []

    def do(step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            raised.append(error)

    threads = [Thread(target=do, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def slow_first(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let the first caller stop after this step, until the other had time to come as far."""
    real, first, other = getattr(module, name), Event(), Event()

    def step(*arguments: Any, **more: Any) -> Any:
        result = real(*arguments, **more)
        if first.is_set():
            other.set()
        else:
            first.set()
            other.wait(1)
        return result

    monkeypatch.setattr(module, name, step)


def add(tx: Transaction, endpoint: Endpoint) -> int:
    """A message to an endpoint that is being sent; its id."""
    made = accept(tx)
    (report_id,) = made.report_ids.values()
    told = Told(REPORT_READY, made.scene_id, made.scene, report_id)
    message_id = messages.add(tx, told, endpoint=endpoint, now=NOW)
    assert message_id
    return message_id


def test_reports_of_a_scene_end_beside_each_other(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recognition ends the last one by itself while all are ended in one transaction."""
    with records.transaction() as tx:
        ids = accept(tx, "FACING_COUNT", "REALOGRAM").report_ids.values()
        both = [Answer(reports.get(tx, report_id), problem="Broken.") for report_id in ids]
    slow_first(monkeypatch, make_report, "report_ended")
    tools: Any = Tools(records)

    assert [] == side_by_side(
        lambda: make_report.end(tools, both), lambda: make_report.end(tools, both[::-1])
    )
    with records.reading() as tx:
        assert {"ERROR"} == {reports.get(tx, one.report.id).status for one in both}


@pytest.fixture
def endpoint(records: Records) -> Endpoint:
    """An endpoint that wants every event."""
    with records.transaction() as tx:
        return endpoints.add(tx, url="https://x.test/", events=[*EVENTS], description="", now=NOW)


def settling(records: Records, endpoint: Endpoint, status: int) -> Callable[[], None]:
    """A message that was just sent to the endpoint, and how it is written down."""
    with records.transaction() as tx:
        message = messages.get(tx, add(tx, endpoint))
        how = {"owner": "me", "now": NOW, "lease": LEASE}
        claimed = work.claim(tx, DELIVER_WEBHOOKS, message.id, **how)  # type: ignore[arg-type]
    assert claimed
    reply = Reply(status, f"HTTP {status}", 0.0)

    def settle() -> None:
        with records.transaction() as tx:
            delivery.settle(tx, claimed, Addressed(message, endpoint), reply, at=NOW)

    return settle


def test_an_endpoint_that_is_gone_says_so_to_two_at_once(
    records: Records, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both give up their own message and bury that of the other."""
    both = [settling(records, endpoint, 410) for _ in range(2)]
    slow_first(monkeypatch, work, "give_up")

    assert [] == side_by_side(*both)


def test_a_message_may_be_redelivered_while_its_attempt_is_written_down(
    records: Records, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both change the message and its work."""
    settle = settling(records, endpoint, 500)
    slow_first(monkeypatch, work, "retry")

    def redeliver() -> None:
        message_log.redeliver(records, Wanted(endpoint_id=endpoint.id), now=NOW)

    assert [] == side_by_side(settle, redeliver)


def test_removing_an_endpoint_waits_for_who_adds_a_message(
    records: Records, endpoint: Endpoint
) -> None:
    """No work of a message that is no more stays behind."""
    added, removing = Event(), Event()

    def add_slowly() -> None:
        with records.transaction() as tx:
            add(tx, endpoint)
            added.set()
            removing.wait(1)

    def remove() -> None:
        added.wait(10)
        with records.transaction() as tx:
            endpoints.remove(tx, endpoint.id)

    assert [] == side_by_side(add_slowly, remove)
    with records.reading() as tx:
        assert [] == work.due(tx, now=NOW, limit=9, flow=DELIVER_WEBHOOKS)
