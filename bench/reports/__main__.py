"""How fast reports are made, that they come out the same, and how right they are.

`make bench-reports`: all reports of a scene of 2,000 facings, from its facts to READY; a thousand
smaller scenes computed anew by two processes, as two workers do it; 200 reports replayed. Then the
benches of prices, duplicates and planograms, whose figures stand beside these in
`bench/results/reports.json`.
"""

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench.platform import machine
from bench.reports.shop import add_scene, make_shop
from bench.reports.worker import Worker
from flows import reports as report_types
from flows.inputs import Inputs
from flows.make_report import make
from flows.replay import replay
from flows.reports.contract import MissingInput
from flows.resources import Resources, now
from settings import Settings
from storage import migrate, reports, scenes, tables, work
from storage.reports import Report

FACINGS, PHOTOS = 2000, 4
REPEATS = 9
SCENES, SCENE_FACINGS, WORKERS = 1000, 100, 2
REPLAYS = 200
RESULTS = Path(__file__).parents[1] / "results"
OTHERS = ("prices", "duplicates", "planogram")  # benches whose figures stand in the same file
LIMITS: dict[str, tuple[str, float]] = {
    "reports_2000_facings_ms": ("<=", 150),
    "recompute_1000_scenes_s": ("<=", 60),
    "recompute_1000_scenes_cpu_s": ("<=", 120),  # a minute of two cores
    "replay_identical": (">=", REPLAYS),
    "price_exact": (">=", 0.80),
    "duplicates_precision": (">=", 0.90),
    "duplicates_recall": (">=", 0.90),
    "planogram_statuses_right": (">=", 0.98),
}


def main() -> None:
    """Measure, print and write."""
    console, found = Console(), dict[str, float]()
    with tempfile.TemporaryDirectory() as folder:
        tools = Resources(Settings(data=folder))
        migrate.upgrade(tools.settings.records_url)
        found["reports_2000_facings_ms"], by_report = _time_reports(tools)
        found |= _recompute(tools)
        found["replay_identical"] = _replays(tools)
        tools.records.close()
    for other in OTHERS:
        found |= _figures_of(other)
    _print(console, by_report, found)
    kept = {**found, "by_report_ms": by_report, "machine": machine()}
    (RESULTS / "reports.json").write_bytes(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")


def _time_reports(tools: Resources) -> tuple[float, dict[str, float]]:
    """CPU milliseconds of a scene of 2,000 facings, best of several revisions.

    Returns:
        All reports in one go, and each of them by itself.
    """
    shop = make_shop(tools, photos=PHOTOS, facings=FACINGS)
    add_scene(tools, shop, seed=1)  # what CHANGES compares with
    made = list(add_scene(tools, shop, seed=2).values())
    together, alone = list[float](), list[dict[str, float]]()
    for _ in range(REPEATS):
        together.append(_make_together(tools, _started(tools, made)))
        alone.append(_make_each(tools, _started(tools, made)))
    by_report = {name: round(min(one[name] for one in alone), 2) for name in alone[0]}
    return round(min(together), 1), by_report


class _Clock:
    """CPU time of this process, lap by lap."""

    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        """Milliseconds since the last lap."""
        now_ = time.process_time()
        since, self._last = now_ - self._last, now_
        return since * 1000


def _started(tools: Resources, report_ids: list[int]) -> list[Report]:
    """A new revision of each report."""
    with tools.records.transaction() as tx:
        for report_id in report_ids:
            reports.start_revision(tx, report_id, webhook=None, now=now())
        return [reports.get(tx, report_id) for report_id in report_ids]


def _make_together(tools: Resources, waiting: list[Report]) -> float:
    """Make reports of one scene as `compute-reports` does; CPU milliseconds."""
    clock = _Clock()
    make(waiting, _inputs(tools, waiting))
    return clock.lap()


def _make_each(tools: Resources, waiting: list[Report]) -> dict[str, float]:
    """The same one by one, as recognition does; CPU milliseconds of each, and of the inputs."""
    clock = _Clock()
    inputs = _inputs(tools, waiting)
    for report in waiting:
        with suppress(MissingInput):
            inputs.given(report_types.by_name(report.report_type))
    spent = {"inputs": clock.lap()}
    for report in waiting:
        make([report], inputs)
        spent[report.report_type] = clock.lap()
    return spent


def _inputs(tools: Resources, waiting: list[Report]) -> Inputs:
    with tools.records.reading() as tx:
        return Inputs(tools, scenes.get(tx, waiting[0].scene_id))


def _recompute(tools: Resources) -> dict[str, float]:
    """Time all reports of a thousand scenes, made anew by two worker processes."""
    shop = make_shop(tools, photos=1, facings=SCENE_FACINGS, seed=3)
    for seed in range(SCENES):
        _started(tools, list(add_scene(tools, shop, seed=seed).values()))
    workers = [Worker(tools.settings) for _ in range(WORKERS)]
    for worker in workers:
        worker.wait_until_warm()
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    cpu = sum(worker.finish() for worker in workers)
    seconds = time.perf_counter() - began
    with tools.records.reading() as tx:
        left = work.due(tx, now=now(), limit=1, flow=work.COMPUTE_REPORTS)
    assert not left, "some reports were not made"  # noqa: S101 - a bench
    found = {"recompute_1000_scenes_s": seconds, "recompute_1000_scenes_cpu_s": cpu}
    return {name: round(value, 1) for name, value in found.items()}


def _replays(tools: Resources) -> int:
    """How many of 200 reports come out the same after every SKU got another name."""
    with tools.records.transaction() as tx:
        count, _ = reports.page(tx, limit=0, offset=0)
        _, ready = reports.page(tx, limit=count, offset=0)
        tx.execute(tables.skus.update().values(name="Renamed"))
    ids = [report.id for report in ready if report.status == reports.READY]
    spread = ids[:: max(1, len(ids) // REPLAYS)][:REPLAYS]
    return sum(replay(tools.records, tools.objects, report_id).same for report_id in spread)


def _figures_of(bench: str) -> dict[str, float]:
    """Run another bench and read its figures; none when it is not there."""
    if find_spec(f"bench.{bench}") is None:
        return {}
    subprocess.run([sys.executable, "-m", f"bench.{bench}"], check=True)  # noqa: S603 - our own
    kept: dict[str, Any] = msgspec.json.decode((RESULTS / f"{bench}.json").read_bytes())
    return {name: value for name, value in kept.items() if name in LIMITS}


def _print(console: Console, by_report: dict[str, float], found: dict[str, float]) -> None:
    speed = Table("report", "CPU ms", title=f"{FACINGS:,} facings, facts to READY", box=None)
    for name, milliseconds in by_report.items():
        speed.add_row(name, f"{milliseconds:.1f}")
    figures = Table("figure", "found", "limit", "", box=None)
    for name, (sign, limit) in LIMITS.items():
        value = found.get(name)
        kept = value is not None and (value <= limit if sign == "<=" else value >= limit)
        shown = "not measured" if value is None else f"{value:g}"
        figures.add_row(name, shown, f"{sign} {limit:g}", "" if kept else "missed")
    for table in (speed, figures):
        console.print(table)
    console.print(f"on {machine()}")


if __name__ == "__main__":
    main()
