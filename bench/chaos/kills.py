"""Random SIGKILLs over a running platform under load: API, worker, Prefect server, all at once."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

import up
from bench.chaos.clients_log import ClientsLog
from bench.chaos.invariants import Verdict, check
from bench.chaos.load import REPORT_TYPES, Load
from bench.platform import MASTER_KEY, console
from demo.client import Client
from settings import Settings
from storage import work
from storage.errors import StorageError
from storage.objects import open_objects
from storage.records import Records

SHELF = Path(__file__).parents[2] / "tests/data/shelves/jp_20250529_034303-359.jpg"
TARGETS = ["api", "worker", "prefect", "everything"]
CLIENTS = 2
REST = (0.5, 4.0)  # seconds between two kills
PATIENCE = 30  # seconds a kill waits at most for what it waits for
END_SECONDS = 120  # after the last restart everything has ended


@dataclass
class Outcome:
    """What came of the kills."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter[str])
    asked: int = 0
    accepted: int = 0
    refused: int = 0
    indeterminate: int = 0
    webhooks_lost: int = 0
    webhooks_again: int = 0
    seconds_to_end: float = 0.0  # from the last restart until no work was open
    verdict: Verdict = field(default_factory=Verdict)


class Herd:
    """The parts of `gondola up`, or more of them, which are killed and started again."""

    def __init__(self, settings: Settings, apis: int = 1, workers: int = 1) -> None:
        (settings.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.urls = [settings.api_url]
        self.parts = up.Platform(settings, console.print).parts
        for number in range(2, max(apis, workers) + 1):
            other = msgspec.structs.replace(settings, port=up.free_port())
            more = {part.name: part for part in up.Platform(other, console.print).parts}
            if number <= apis:
                self.urls.append(other.api_url)
            wanted = [name for name, most in (("api", apis), ("worker", workers)) if number <= most]
            for part in map(more.__getitem__, wanted):
                part.log = part.log.with_stem(f"{part.log.stem}-{number}")
                self.parts.append(part)

    def start(self) -> None:
        """Start every part and wait until all answer."""
        for part in self.parts:
            part.start()
        self.wait(self.parts, up.START_SECONDS)

    def kill(self, roll: random.Random) -> str:
        """Kill one part or all and start them again."""
        target = roll.choice(TARGETS)
        hit = [part for part in self.parts if target in (part.name, "everything")]
        hit = hit if target == "everything" else [roll.choice(hit)]
        for part in hit:
            _kill(part)
        for part in hit:
            part.start()
        return target

    def wait(self, parts: list[up.Part], seconds: float) -> None:
        """Wait until these parts answer; one that ended is started again."""
        deadline = time.monotonic() + seconds
        for part in parts:
            while not part.ready() and time.monotonic() < deadline:
                if part.died():
                    part.start()
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop every part politely."""
        for part in reversed(self.parts):
            part.stop()


def _kill(part: up.Part) -> None:
    """SIGKILL to the part and its children."""
    if part.process is not None:
        os.killpg(part.process.pid, signal.SIGKILL)
        part.process.wait()


def run(settings: Settings, count: int, seed: int, *, apis: int = 1, workers: int = 1) -> Outcome:
    """Kill so many times under load, then let everything end, then check."""
    roll, outcome = random.Random(seed), Outcome(seed)  # noqa: S311  no secret
    up.ensure_master_key(settings)
    herd, log = Herd(settings, apis, workers), ClientsLog(settings.data_dir / "client.log")
    try:
        herd.start()
        client = Client(settings.api_url)
        client.login(MASTER_KEY)
        with Load(SHELF, log, herd.urls, client.token) as load:
            load.start(CLIENTS, seed)
            for number in range(1, count + 1):
                _rest(roll, herd, load)
                target = herd.kill(roll)
                outcome.kills[target] += 1
                console.print(f"{number} {target}, {load.complete} scenes delivered")
            herd.wait(herd.parts, up.START_SECONDS)
            load.stop()
            _let_end(settings, outcome)
            _count(settings, log, load, outcome)
    finally:
        herd.stop()
    return outcome


def _rest(roll: random.Random, herd: Herd, load: Load) -> None:
    """Before a third of the kills all is well and scenes are finished, before a third all started.

    The others hit what starts.
    """
    state = roll.choice(["starting", "started", "working"])
    if state != "starting":
        herd.wait(herd.parts, PATIENCE)
    until, before = time.monotonic() + PATIENCE, load.complete
    while state == "working" and load.complete == before and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(roll.uniform(*REST))


def _let_end(settings: Settings, outcome: Outcome) -> None:
    """Wait until no work is open, or the time is over."""
    records, began = Records(settings.records_url), time.monotonic()
    while time.monotonic() < began + END_SECONDS:
        try:
            with records.reading() as tx:
                if not work.backlog(tx):
                    break
        except StorageError:
            pass
        time.sleep(0.5)
    outcome.seconds_to_end = time.monotonic() - began
    records.close()


def _count(settings: Settings, log: ClientsLog, load: Load, outcome: Outcome) -> None:
    seen = log.history()
    outcome.asked, outcome.refused = seen.asked, seen.refused
    outcome.accepted, outcome.indeterminate = len(seen.accepted), seen.indeterminate
    records, objects = Records(settings.records_url), open_objects(settings.objects_url)
    outcome.verdict = check(records, objects, seen)
    records.close()
    for reply in seen.accepted:
        came = load.delivered[reply["id"]]
        outcome.webhooks_lost += max(len(REPORT_TYPES) - came, 0)
        outcome.webhooks_again += max(came - len(REPORT_TYPES), 0)


def told(outcome: Outcome) -> dict[str, Any]:
    """The outcome for the file of results."""
    verdict = outcome.verdict
    return {
        "seed": outcome.seed,
        "sigkills": sum(outcome.kills.values()),
        "kills": dict(sorted(outcome.kills.items())),
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
