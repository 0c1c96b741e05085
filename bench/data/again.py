"""How fast reports of history are made again, and that no scene is done twice.

Scenes of 100 facings with reports of every type, all of them made anew by processes that do
history (`flows.history_worker`), as a worker starts them: `recompute_scenes_per_s`. The same scenes
again with one, two and three processes: scenes per second, and scenes that were done twice.

`python -m bench.data.again`: 10,000 scenes, about a quarter of an hour on two cores.
`--scenes 500` for a look.
"""

import argparse
import os
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import func, select

from bench.data.results import merge
from bench.platform import machine
from bench.reports.shop import add_scene, make_shop
from flows.history_plan import Asked, make_plan, note_plan
from flows.reprocess_scenes import start_process
from flows.resources import Resources
from settings import Settings
from storage import history, migrate, tables
from storage.history import REPORT_AGAIN, Wanted
from storage.records import Transaction
from storage.reports import READY
from storage.work import DONE

FACINGS, DISPLAYS = 100, 20
LIMIT = 20  # scenes per second on two cores
console = Console(highlight=False)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--scenes", type=int, default=10_000)
    parser.add_argument("--few", type=int, default=600, help="scenes for 1, 2, 3 processes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = Resources(Settings(data=folder))
        migrate.upgrade(tools.settings.records_url)
        _fill(tools, asked.scenes)
        everything = _run(tools, os.cpu_count() or 1, datetime.now(UTC), None)
        few = {count: _run(tools, count, datetime.now(UTC), asked.few) for count in (1, 2, 3)}
        tools.records.close()
    found = {"recompute_scenes_per_s": everything["scenes_per_s"]}
    for count, one in few.items():
        found[f"history_{count}_processes_scenes_per_s"] = one["scenes_per_s"]
    found["history_scenes_twice"] = sum(one["twice"] for one in (everything, *few.values()))
    found["recompute_cpu_ms_per_scene"] = everything["cpu_ms"]
    _print(asked.scenes, everything, few)
    merge({**found, "recompute_scenes": asked.scenes, "again_machine": machine()})


def _fill(tools: Resources, scenes: int) -> None:
    """Recognised scenes whose reports were made by a program of before."""
    shops = [
        make_shop(tools, photos=1, facings=FACINGS, seed=seed)
        for seed in range(min(DISPLAYS, scenes))
    ]
    for seed in track(range(scenes), f"Making {scenes:,} scenes", console=console):
        add_scene(tools, shops[seed % len(shops)], seed=seed)
    with tools.records.transaction() as tx:
        revisions = tables.report_revisions
        tx.execute(revisions.update().values(status=READY, body=b"[]"))
        tx.execute(tables.work.update().values(state=DONE))  # recognised; else history waits


def _run(tools: Resources, processes: int, at: datetime, few: int | None) -> dict[str, float]:
    """Have all scenes, or the first few, done again; figures of it."""
    plan = make_plan(tools, Asked("reports", Wanted(), everything=True))
    plan.scene_ids = plan.scene_ids[:few]
    with tools.records.transaction() as tx:  # as if older: nothing is left out as up to date
        tx.execute(tables.report_revisions.update().values(lineage=None))
        before = _revisions(tx)
    noted = note_plan(tools, plan, batch=f"bench-{at:%H%M%S%f}", now=at - timedelta(seconds=1))
    spent, began = _cpu(), time.perf_counter()
    _do(tools, processes)
    seconds, cpu = time.perf_counter() - began, _cpu() - spent
    with tools.records.reading() as tx:
        made = {one: count - before[one] for one, count in _revisions(tx).items()}
        left = history.open_batches(tx)
    assert not left, "some scenes were not done"  # noqa: S101 - a bench
    assert sum(made[one] > 0 for one in made) == noted, "some scenes were left out"  # noqa: S101
    of_each = max(made.values())
    twice = sum(made[one] not in (0, of_each) for one in made)
    found = {"scenes": noted, "seconds": round(seconds, 1), "twice": twice}
    rates = {"scenes_per_s": round(noted / seconds, 1), "cpu_ms": round(cpu / noted * 1000, 1)}
    return {**found, **rates}


def _do(tools: Resources, processes: int) -> None:
    """Run the processes until nothing is left."""
    folder = tools.settings.data
    with (Path(folder) / "history.log").open("ab") as log:
        running = [
            start_process(REPORT_AGAIN, log=log, GONDOLA_DATA=folder) for _ in range(processes)
        ]
        for one in running:
            one.wait()


def _revisions(tx: Transaction) -> dict[int, int]:
    """How many revisions the reports of each scene have."""
    reports, revisions = tables.reports, tables.report_revisions
    joined = reports.join(revisions, revisions.c.report_id == reports.c.id)
    query = select(reports.c.scene_id, func.count()).select_from(joined)
    rows = tx.execute(query.group_by(reports.c.scene_id))
    return {row.scene_id: row[1] for row in rows}


def _cpu() -> float:
    """CPU seconds of all child processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _print(scenes: int, everything: dict[str, float], few: dict[int, dict[str, float]]) -> None:
    table = Table("scenes", "processes", "seconds", "scenes/s", "CPU ms/scene", "twice", box=None)
    rows = [(os.cpu_count() or 1, everything), *few.items()]
    for processes, one in rows:
        names = ("seconds", "scenes_per_s", "cpu_ms", "twice")
        table.add_row(f"{one['scenes']:,}", str(processes), *(f"{one[name]:g}" for name in names))
    console.print(table)
    kept = everything["scenes_per_s"] >= LIMIT
    console.print(f"{scenes:,} scenes: {'' if kept else 'under '}the limit of {LIMIT} scenes/s")
    console.print(f"on {machine()}")


if __name__ == "__main__":
    main()
