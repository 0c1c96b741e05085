"""A platform under load to which something happens; then everything ends, then all is compared."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import up
from bench.chaos.clients_log import ClientsLog
from bench.chaos.herd import Herd
from bench.chaos.invariants import Verdict, check
from bench.chaos.load import REPORT_TYPES, Load
from bench.platform import MASTER_KEY
from demo.client import Client
from settings import Settings
from storage import work
from storage.errors import StorageError
from storage.objects import open_objects
from storage.records import Records

SHELF = Path(__file__).parents[2] / "tests/data/shelves/jp_20250529_034303-359.jpg"
CLIENTS = 2
END_SECONDS = 120  # after the last restart everything has ended

Trouble = Callable[[Herd, Load], None]


@dataclass
class Outcome:
    """What came of it."""

    seed: int
    asked: int = 0
    accepted: int = 0
    refused: int = 0
    indeterminate: int = 0
    webhooks_lost: int = 0
    webhooks_again: int = 0
    seconds_to_end: float = 0.0  # from the end of the trouble until no work was open
    verdict: Verdict = field(default_factory=Verdict)


def run(settings: Settings, herd: Herd, trouble: Trouble, seed: int) -> Outcome:
    """Load the platform, make trouble, let everything end, then check."""
    outcome = Outcome(seed)
    up.ensure_master_key(settings)
    log = ClientsLog(settings.data_dir / "client.log")
    try:
        herd.start()
        client = Client(settings.api_url)
        client.login(MASTER_KEY)
        with Load(SHELF, log, herd.urls, client.token) as load:
            load.start(CLIENTS, seed)
            try:
                trouble(herd, load)
                herd.wait(herd.parts, up.START_SECONDS)
            finally:
                load.stop()
            _let_end(settings, herd, outcome)
            _count(settings, log, load, outcome)
    finally:
        herd.stop()
    return outcome


def _let_end(settings: Settings, herd: Herd, outcome: Outcome) -> None:
    """Wait until no work is open, or the time is over; what ends meanwhile is started again."""
    records, began = Records(settings.records_url), time.monotonic()
    while time.monotonic() < began + END_SECONDS:
        try:
            with records.reading() as tx:
                if not work.backlog(tx):
                    break
        except StorageError:
            pass
        time.sleep(0.5)
        herd.watch()
    outcome.seconds_to_end = time.monotonic() - began
    records.close()


def _count(settings: Settings, log: ClientsLog, load: Load, outcome: Outcome) -> None:
    seen = log.history()
    outcome.asked, outcome.refused = seen.asked, seen.refused
    outcome.accepted, outcome.indeterminate = len(seen.accepted), seen.indeterminate
    records, objects = Records(settings.records_url), open_objects(settings.objects_url)
    outcome.verdict = check(records, objects, seen)
    records.close()
    objects.close()
    for reply in seen.accepted:
        came = load.delivered[reply["id"]]
        outcome.webhooks_lost += max(len(REPORT_TYPES) - came, 0)
        outcome.webhooks_again += max(came - len(REPORT_TYPES), 0)


def told(outcome: Outcome) -> dict[str, Any]:
    """The outcome for the file of results."""
    verdict = outcome.verdict
    return {
        "seed": outcome.seed,
        "asked": outcome.asked,
        "accepted": outcome.accepted,
        "refused": outcome.refused,
        "indeterminate": outcome.indeterminate,
        "scenes_lost": verdict.scenes_lost,
        "reports_twice": verdict.reports_twice,
        "reports_ready": verdict.reports_ready,
        "reports_in_error": verdict.reports_in_error,
        "webhooks_lost": outcome.webhooks_lost,
        "webhooks_again": outcome.webhooks_again,
        "seconds_to_end": round(outcome.seconds_to_end, 1),
        "violations": verdict.violations,
    }
