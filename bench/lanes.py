"""How long it takes to find and take the next webhook messages, however many are due.

`python -m bench.lanes`: ten receivers, 16 messages at a time, SQLite; half a minute at most.
"""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.platform import console, machine
from storage import lanes, migrate, tables, work
from storage.records import Records

DUE = (1_000, 10_000, 100_000)
RECEIVERS, AT_ONCE, PER_LANE, ROUNDS = 10, 16, 4, 15
LIMIT = 3.0  # times as long with the most due as with the fewest
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> None:
    """Measure, and print a line for each number."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'records.db'}"
        migrate.upgrade(url)
        records, there, found = Records(url), 0, list[float]()
        for count in DUE:
            add(records, there, count)
            there = count
            rounds = [measure(records) for _ in range(ROUNDS)]
            find, take = (statistics.median(times) * 1000 for times in zip(*rounds, strict=True))
            console.print(f"{count:>7} due: found in {find:.1f} ms, taken in {take:.1f} ms")
            found.append(find)
        records.close()
    console.print(machine())
    raise SystemExit(0 if found[-1] < LIMIT * found[0] else 1)


def add(records: Records, first: int, end: int) -> None:
    """Messages that are due, each for one of the receivers."""
    fixed = {"flow": work.DELIVER_WEBHOOKS, "revision": 1, "tries": 0, "state": work.OPEN}
    rows = [
        {
            **fixed,
            "subject_id": number,
            "due_at": NOW - timedelta(seconds=number % 997),
            "lane": f"endpoint {number % RECEIVERS}",
        }
        for number in range(first, end)
    ]
    with records.transaction() as tx:
        tx.execute(tables.work.insert(), rows)


def measure(records: Records) -> tuple[float, float]:
    """Seconds to find the next ones, and to take them; they are given back."""
    began = time.perf_counter()
    with records.reading() as tx:
        ids = lanes.next_due(tx, now=NOW, limit=AT_ONCE, per_lane=PER_LANE)
    found = time.perf_counter()
    with records.transaction() as tx:
        work.claim_these(tx, ids, owner="bench", now=NOW, lease=timedelta(minutes=1))
    taken = time.perf_counter()
    with records.transaction() as tx:
        work.let_go(tx, ["bench"])
    return found - began, taken - found


if __name__ == "__main__":
    main()
