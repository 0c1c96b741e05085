"""How many webhooks are lost when the process that sends them is killed again and again.

`python -m bench.chaos.webhooks --messages 200 --kills 50`: reports that are READY go to a receiver
that takes them, refuses them, hangs, drops the connection or dawdles, at random, while the process
that sends them gets a SIGKILL every few tenths of a second. The figures go into
bench/results/chaos.json.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from bench.chaos.deliverer import settings
from bench.chaos.moody_receiver import Receiver, receiving
from flows.send_due import AT_ONCE
from storage import endpoints, images, message_log, messages, migrate, reports, scenes
from storage import webhook_secrets as secrets
from storage.endpoints import REPORT_READY, Endpoint
from storage.lineage import Lineage
from storage.message_log import Wanted
from storage.messages import Event
from storage.objects import ObjectStore, open_objects
from storage.records import Records, Transaction
from storage.report_bodies import store_body
from storage.work import DONE, OPEN

RESULTS = Path(__file__).parents[1] / "results/chaos.json"
LANES = 8
KILL_EVERY = (0.3, 0.9)  # seconds
WAIT_SECONDS = 120.0  # after the last kill
_MADE_OF = Lineage(1, "bench", "bench", None, {}, {}, {}, "bench")


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        lost: messages the receiver never took, or that are not known as delivered.
        strangers: ids it heard that are no message's.
        changed: messages whose attempts did not carry the same bytes.
        unsigned: requests whose signature does not fit their bytes.
        repeats: how often it was sent what it had taken already.
        explained: as many repeats as the kills may have caused.
    """

    messages: int
    kills: int
    requests: int
    lost: int
    strangers: int
    changed: int
    unsigned: int
    repeats: int
    explained: int


@dataclass
class Storm:
    """Stores, a receiver, and a process that sends and dies."""

    records: Records
    objects: ObjectStore
    receiver: Receiver
    deliverer: subprocess.Popen[str]
    endpoints: list[Endpoint]

    def rage(self, count: int, kills: int, rng: random.Random) -> None:
        """Add the messages and kill, evenly mixed; then let everything arrive."""
        added = 0
        for killed in range(kills):
            child = self.child()
            while added < count * (killed + 1) / kills:
                self.add(self.endpoints[added % LANES])
                added += 1
            time.sleep(rng.uniform(*KILL_EVERY))
            os.kill(child, signal.SIGKILL)
        until = time.monotonic() + WAIT_SECONDS
        while self.uids(OPEN) and time.monotonic() < until:
            time.sleep(0.1)

    def child(self) -> int:
        """The process that sends from now on."""
        assert self.deliverer.stdout  # noqa: S101  we asked for it
        return int(self.deliverer.stdout.readline())

    def add(self, endpoint: Endpoint) -> None:
        """A report is READY; its message is written in the transaction that says so."""
        now, rows = datetime.now(UTC), [{"sku_id": n, "count": n} for n in range(50)]
        body = store_body(self.objects, json.dumps(rows).encode())
        with self.records.transaction() as tx:
            made = scenes.accept(tx, scenes.NewScene([_photo(tx, now)], ["FACING_COUNT"]), now=now)
            report_id = made.report_ids["FACING_COUNT"]
            reports.set_ready(tx, report_id, 1, body, lineage=_MADE_OF, now=now)
            event = Event(REPORT_READY, made.scene_id, made.scene, report_id)
            messages.add(tx, event, endpoint=endpoint, now=now)

    def uids(self, *states: str) -> set[str]:
        """The messages in these states, or all."""
        with self.records.reading() as tx:
            wanted = Wanted(states=states or None)
            return {one.uid for one in message_log.page(tx, wanted, limit=10**6, offset=0)[1]}

    def outcome(self, kills: int) -> Outcome:
        """Look what became of every message."""
        heard, everything, done = self.receiver, self.uids(), self.uids(DONE)
        bodies = heard.bodies()
        return Outcome(
            messages=len(everything),
            kills=kills,
            requests=len(heard.requests),
            lost=len(everything) - len(done & heard.taken.keys()),
            strangers=len(bodies.keys() - everything),
            changed=sum(len(found) > 1 for found in bodies.values()),
            unsigned=self._unsigned(),
            repeats=sum(times - 1 for times in heard.taken.values()),
            explained=kills * AT_ONCE,
        )

    def _unsigned(self) -> int:
        with self.records.reading() as tx:
            now = datetime.now(UTC)
            known = {f"/{e.id}": secrets.find(tx, e.id, now=now)[0] for e in self.endpoints}
        wrong = 0
        for request in self.receiver.requests:
            try:
                Webhook(known[request.path]).verify(request.body, request.headers)
            except Exception:  # whatever the library says, it did not accept it
                wrong += 1
        return wrong


def run(folder: Path, *, count: int, kills: int, seed: int) -> Outcome:
    """Send so many messages through so many kills."""
    chosen = settings(str(folder))
    migrate.upgrade(chosen.records_url)
    records, objects = Records(chosen.records_url), open_objects(chosen.objects_url)
    command = [sys.executable, "-m", "bench.chaos.deliverer", str(folder)]
    with receiving(seed) as receiver:
        made = _register(records, receiver.url)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as deliverer:  # noqa: S603  ours
            storm = Storm(records, objects, receiver, deliverer, made)
            try:
                storm.rage(count, kills, random.Random(seed))  # noqa: S311  to be repeated
            finally:
                deliverer.terminate()
                with suppress(ProcessLookupError, ValueError):
                    os.kill(storm.child(), signal.SIGKILL)
        outcome = storm.outcome(kills)
    records.close()
    return outcome


def _register(records: Records, url: str) -> list[Endpoint]:
    """Make endpoints whose path is their id."""
    now, made = datetime.now(UTC), list[Endpoint]()
    with records.transaction() as tx:
        for _ in range(LANES):
            new = endpoints.add(tx, url=url, events=[REPORT_READY], description="", now=now)
            made.append(endpoints.change(tx, new.id, url=f"{url}/{new.id}"))
            secrets.get_or_create(tx, new.id, now=now)
    return made


def _photo(tx: Transaction, now: datetime) -> int:
    size = {"width": 10, "height": 10, "size_bytes": 1}
    return images.add(tx, sha256="0" * 64, **size, now=now).id


def main() -> None:
    """Run it, print what came of it, and keep the figures."""
    parser = argparse.ArgumentParser(description="Kill the process that sends webhooks.")
    for name, default in (("messages", 200), ("kills", 50), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), count=asked.messages, kills=asked.kills, seed=asked.seed)
    sys.stdout.write(json.dumps(asdict(outcome), indent=2) + "\n")
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known |= {"webhooks": asdict(outcome) | {"seed": asked.seed}, "webhooks_lost": outcome.lost}
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    bad = outcome.lost + outcome.strangers + outcome.changed + outcome.unsigned
    sys.exit(1 if bad or outcome.repeats > outcome.explained else 0)


if __name__ == "__main__":
    main()
