"""Stores, a clock and a pool of threads: everything that sends webhooks, without Prefect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flows.delivery import attempt
from flows.resources import Resources
from flows.send_due import AT_ONCE, send_due
from settings import Settings
from storage import endpoints, message_log, messages, migrate, reports
from storage.endpoints import EVENTS, REPORT_READY, Endpoint
from storage.message_log import Sent, Wanted
from storage.messages import Attempt, Event
from storage.report_bodies import store_body
from storage.scenes import Accepted
from tests.storage.rows import LINEAGE, accept

DAY = timedelta(days=1)


class Clock:
    """A clock that tests may set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


class Sender:
    """What sends webhooks, and what tests do with it."""

    def __init__(self, folder: Path, clock: Clock, **settings: Any) -> None:
        free: dict[str, Any] = {"outbound_allow": "127.0.0.0/8", "data": str(folder)}
        self.tools = Resources(Settings(**(free | settings)))
        self.clock = clock
        migrate.upgrade(self.tools.settings.records_url)

    def register(self, url: str, *events: str) -> Endpoint:
        """Make an endpoint; for every event unless some are named."""
        with self.tools.records.transaction() as tx:
            wanted = events or tuple(EVENTS)
            return endpoints.add(tx, url=url, events=wanted, description="", now=self.clock())

    def endpoint(self, endpoint_id: int) -> Endpoint:
        """Read an endpoint."""
        with self.tools.records.reading() as tx:
            return endpoints.get(tx, endpoint_id)

    def add(self, *, endpoint: Endpoint | None = None, url: str = "") -> int:
        """A message about a report that is READY; its id."""
        with self.tools.records.transaction() as tx:
            made = accept(tx, now=self.clock())
            event = self.ready(tx, made)
            known = endpoints.get(tx, endpoint.id) if endpoint else None
            message_id = messages.add(tx, event, endpoint=known, url=url, now=self.clock())
            assert message_id
            return message_id

    def ready(self, tx: Any, made: Accepted, revision: int = 1, body: bytes = b"[]") -> Event:
        """End the scene's report as READY; the event of it."""
        (report_id,) = made.report_ids.values()
        kept = store_body(self.tools.objects, body)
        now = self.clock()
        assert reports.set_ready(tx, report_id, revision, kept, lineage=LINEAGE, now=now)
        return Event(REPORT_READY, made.scene_id, made.scene, report_id, revision)

    def send(self, seconds: float = 30.0) -> None:
        """Send what is due now, as the flow does."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            send_due(self.tools, partial(pool.submit, attempt, self.tools), seconds=seconds)

    def messages(self, *states: str) -> list[Sent]:
        """The messages, oldest first; in these states alone."""
        with self.tools.records.reading() as tx:
            wanted = Wanted(states=states or None)
            return message_log.page(tx, wanted, limit=10_000, offset=0)[1][::-1]

    def attempts(self, message_id: int) -> list[Attempt]:
        """The attempts to deliver a message, oldest first."""
        with self.tools.records.reading() as tx:
            return messages.attempts(tx, message_id)

    def redeliver(self, **wanted: Any) -> int:
        """Send messages again."""
        return message_log.redeliver(self.tools.records, Wanted(**wanted), now=self.clock())


def states(sender: Sender) -> list[str]:
    """The state of each message, oldest first."""
    return [message.state for message in sender.messages()]


@contextmanager
def sending(folder: Path, clock: Clock, **settings: Any) -> Iterator[Sender]:
    """Make a sender, and let its connections go."""
    sender = Sender(folder, clock, **settings)
    try:
        yield sender
    finally:
        sender.tools.records.close()
