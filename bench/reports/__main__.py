"""How fast reports are made, that they come out the same, and how right they are.

`make bench-reports`: all reports of a scene of 2,000 facings, from its facts to READY; a thousand
smaller scenes computed anew; 200 reports replayed. Then the benches of prices, duplicates and
planograms, whose figures stand beside these in `bench/results/reports.json`.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench.platform import machine
from bench.reports.shop import add_scene, make_shop
from flows import reports as report_types
from flows.inputs import Inputs
from flows.make_report import make
from flows.replay import replay
from flows.reports.contract import MissingInput
from flows.resources import Resources, now
from settings import Settings
from storage import migrate, reports, scenes, tables

FACINGS, PHOTOS = 2000, 4
REPEATS = 9
SCENES, SCENE_FACINGS = 1000, 100
REPLAYS = 200
RESULTS = Path(__file__).parents[1] / "results"
OTHERS = ("prices", "duplicates", "planogram")  # benches whose figures stand in the same file
LIMITS: dict[str, tuple[str, float]] = {
    "reports_2000_facings_ms": ("<=", 150),
    "recompute_1000_scenes_cpu_s": ("<=", 120),  # a minute on two cores
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
        by_report = _time_reports(tools)
        found["reports_2000_facings_ms"] = round(sum(by_report.values()), 1)
        found["recompute_1000_scenes_cpu_s"] = round(_recompute(tools), 1)
        found["replay_identical"] = _replays(tools)
        tools.records.close()
    for other in OTHERS:
        found |= _figures_of(other)
    _print(console, by_report, found)
    kept = {**found, "by_report_ms": by_report, "machine": machine()}
    (RESULTS / "reports.json").write_bytes(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")


def _time_reports(tools: Resources) -> dict[str, float]:
    """CPU milliseconds of each report of a scene of 2,000 facings, best of several revisions."""
    shop = make_shop(tools, photos=PHOTOS, facings=FACINGS)
    add_scene(tools, shop, seed=1)  # what CHANGES compares with
    made = add_scene(tools, shop, seed=2)
    rounds = [_make_all(tools, made.values())]
    for _ in range(REPEATS):
        for report_id in made.values():
            _start(tools, report_id)
        rounds.append(_make_all(tools, made.values()))
    return {name: round(min(one[name] for one in rounds), 2) for name in rounds[0]}


class _Clock:
    """CPU time of this process, lap by lap."""

    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        """Milliseconds since the last lap."""
        now_ = time.process_time()
        since, self._last = now_ - self._last, now_
        return since * 1000


def _start(tools: Resources, report_id: int) -> None:
    with tools.records.transaction() as tx:
        reports.start_revision(tx, report_id, webhook=None, now=now())


def _make_all(tools: Resources, report_ids: Iterable[int]) -> dict[str, float]:
    """Make reports of one scene as a flow does; CPU milliseconds of each, and of the inputs."""
    clock = _Clock()
    with tools.records.reading() as tx:
        waiting = [reports.get(tx, report_id) for report_id in report_ids]
        inputs = Inputs(tools, scenes.get(tx, waiting[0].scene_id))
    for report in waiting:
        with suppress(MissingInput):
            inputs.given(report_types.by_name(report.report_type))
    spent = {"inputs": clock.lap()}
    for report in waiting:
        make(report, inputs)
        spent[report.report_type] = clock.lap()
    return spent


def _recompute(tools: Resources) -> float:
    """CPU seconds for all reports of a thousand scenes, as one worker makes them."""
    shop = make_shop(tools, photos=1, facings=SCENE_FACINGS, seed=3)
    made = [add_scene(tools, shop, seed=seed) for seed in range(SCENES)]
    clock = _Clock()
    for scene in made:
        _make_all(tools, scene.values())
    return clock.lap() / 1000


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
