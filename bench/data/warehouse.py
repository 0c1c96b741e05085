"""How fast everything seen is asked, and what keeping it so costs.

For each size: a year of scenes of 2,000 facings is made up, the warehouse is built from it; share
of shelf by chain, week and brand is asked of the warehouse, of plain DuckDB and of plain Polars
over the same Parquet; single scenes are read; new scenes come and the warehouse is refreshed; a day
is merged. Sizes: 1e7 takes 3 minutes and 2 GB, 1e8 half an hour and 15 GB of disk; it is removed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from rich.console import Console

from bench.data import history, history_records, peers, results
from bench.platform import machine
from flows.warehouse_source import make_source
from storage import facts, merge_facts, migrate
from storage.folder import FolderStore
from storage.questions import answer, ask
from storage.records import Records
from storage.warehouse import Warehouse
from storage.warehouse_refresh import refresh

SIZES = ("1e7", "1e8")
NEW = (20, 100, 400)  # scenes that come between two refreshes
READS = 60  # of single scenes
LIMITS = {"share_of_shelf_1e7_s": 1.0, "share_of_shelf_1e8_s": 2.0, "scene_read_1e8_ms": 5.0}
console = Console()

Figures = dict[str, Any]


class Place:
    """The stores of one history."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'records.db'}"
        migrate.upgrade(url)
        self.records, self.objects = Records(url), FolderStore(folder / "objects")
        self.warehouse = Warehouse(folder)
        self.source = make_source(self.records, self.objects, 0.5)

    def refresh(self, now: datetime) -> float:
        """Bring the warehouse up to date; in seconds."""
        return refresh(self.warehouse, self.source, now=now).seconds


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="facings, as 1e6")
    parser.add_argument("--folder", help="takes the data; default: the system's temporary one")
    parser.add_argument("--repeats", type=int, default=5, help="of each question; the best counts")
    chosen = parser.parse_args()
    found: Figures = {"data_machine": machine()}
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="gondola-history-") as folder:
            found |= _measure(Place(Path(folder)), size, chosen.repeats)
        if size in SIZES:
            results.merge(found)
    for name, limit in LIMITS.items():
        if name in found:
            verdict = "ok" if found[name] <= limit else "NOT MET"
            console.print(f"{name}: {found[name]} <= {limit}: {verdict}")


def _measure(place: Place, size: str, repeats: int) -> Figures:
    scenes = history.make_scenes(int(float(size)))
    console.rule(f"{size} facings, {len(scenes)} scenes")
    _make(place, scenes)
    now = scenes[-1].at + timedelta(days=1)
    found = {f"warehouse_build_{size}_s": _told("build", place.refresh(now))}
    found[f"warehouse_{size}_mb"] = round(place.warehouse.path.stat().st_size / 1e6)
    found |= _shares(place, size, repeats)
    found[f"scene_read_{size}_ms"] = _told("read a scene, ms", _read(place, scenes))
    found |= _grow(place, scenes, size, now)
    place.records.close()
    return found


def _make(place: Place, scenes: list[history.Seen]) -> None:
    began = time.perf_counter()
    history_records.write_master_data(place.records)
    history_records.write_records(place.records, scenes)
    with console.status("Making facts up ...") as line:
        history.write_facts(
            place.objects, scenes, told=lambda n: line.update(f"{n:,} facings made up")
        )
    _told("made up", time.perf_counter() - began)


def _shares(place: Place, size: str, repeats: int) -> Figures:
    """Ask three ways; the answers must be the same."""
    asked = ask("share-of-shelf", ["chain", "week", "brand"])
    ours, spent = _best(lambda: answer(place.warehouse, asked), repeats)
    query = "SELECT scene, chain, week FROM scenes JOIN days USING (day)"
    names = place.warehouse.query(query), place.warehouse.query("SELECT sku_id, brand FROM skus")
    glob = place.folder / "objects/facts/*/*/*/facings.parquet"
    found = {f"share_of_shelf_{size}_s": _told("share of shelf, warehouse", spent)}
    few = 3 if spent < 1 and size != SIZES[-1] else 1
    for name, peer in (("duckdb", peers.in_duckdb), ("polars", peers.in_polars)):
        theirs, spent = _best(lambda peer=peer: peer(glob, *names), few)
        found[f"share_of_shelf_{name}_{size}_s"] = _told(f"share of shelf, plain {name}", spent)
        _same(ours, theirs)
    return found


def _same(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    by = ["chain", "week", "brand"]
    own, other = (
        one.select(*by, pl.col("facings").cast(pl.Int64)).sort(by) for one in (ours, theirs)
    )
    if not own.equals(other):
        raise SystemExit("The warehouse and the facts say different things.")


def _read(place: Place, scenes: list[history.Seen]) -> float:
    """Milliseconds to read a scene's facings out of merged facts; the median."""
    drawn = np.random.default_rng(1).choice(len(scenes), min(READS, len(scenes)), replace=False)
    spent: list[float] = []
    for one in (scenes[n] for n in drawn):
        began = time.perf_counter()
        where = {"day": one.at.date(), "scene": one.scene, "revision": 1}
        if facts.read(place.objects, **where, table="facings").height != one.facings:
            raise SystemExit(f"{one.scene} has other facings than it was made with.")
        spent.append(1000 * (time.perf_counter() - began))
    console.print(f"  p95 {np.quantile(spent, 0.95):.2f} ms")
    return statistics.median(spent)


def _grow(place: Place, scenes: list[history.Seen], size: str, now: datetime) -> Figures:
    """Let scenes come and refresh; fit seconds = fixed + each * scenes; merge the last day."""
    seconds: list[float] = []
    first = len(scenes) + 1
    for count in (0, *NEW):
        day = now + timedelta(days=len(seconds) + 1)
        if count:
            new = history.make_scenes(
                count * history.PER_SCENE, seed=count, began=day, days=1, first=first
            )
            history.write_new(place.objects, new)
            history_records.write_records(place.records, new)
            first += len(new)
        spent = place.refresh(day + timedelta(hours=12))
        seconds.append(_told(f"refresh, {count} new scenes", spent))
    each, fixed = np.polyfit([0, *NEW], seconds, 1)
    found: Figures = {f"refresh_{size}_s": dict(zip(map(str, (0, *NEW)), seconds, strict=True))}
    found[f"refresh_fixed_{size}_s"] = round(float(fixed), 3)
    found[f"refresh_each_scene_{size}_ms"] = round(1000 * float(each), 2)
    return found | _merge(place, day, size)


def _merge(place: Place, day: datetime, size: str) -> Figures:
    glob = place.folder / f"objects/facts/{day:%Y-%m-%d}/*/*/facings.parquet"
    rows = f"read_parquet('{glob}', union_by_name = true)"
    query = f"SELECT count(*), sum(sku_id), sum(facing_id), min(x1) FROM {rows}"  # noqa: S608  ours
    before = duckdb.sql(query).fetchall()
    began = time.perf_counter()
    merged = merge_facts.merge_day(place.objects, day.date(), {})
    spent = time.perf_counter() - began
    if before != duckdb.sql(query).fetchall():
        raise SystemExit("Merging changed the sums.")
    console.print(f"  {merged.scenes} scenes: {merged.before} files became {merged.after}")
    return {
        f"merged_files_{size}": [merged.before, merged.after],
        f"merge_scenes_per_s_{size}": _told("merged scenes per s", merged.scenes / spent),
    }


def _best(run: Callable[[], pl.DataFrame], repeats: int) -> tuple[pl.DataFrame, float]:
    spent: list[float] = []
    found = pl.DataFrame()
    for _ in range(repeats):
        began = time.perf_counter()
        found = run()
        spent.append(time.perf_counter() - began)
    return found, min(spent)


def _told(name: str, number: float) -> float:
    console.print(f"  {name}: {number:.2f}  [dim]{datetime.now(UTC):%T}[/dim]")
    return round(number, 3)


if __name__ == "__main__":
    main()
