"""`make chaos`: kill and break the platform, then its parts at every seam; write what came of it.

python -m bench.chaos kills --count 100 [--seed 7] [--scaled] [--more]
python -m bench.chaos faults [locked clock objects disk prefect stops] [--seconds 30]
python -m bench.chaos seams [--crossings 1]
"""

import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

import up
from bench.chaos import faults, kills, seams
from bench.platform import MASTER_KEY, machine
from cli_ends import end_on_signals
from settings import Settings
from storage.failpoints import SEAMS
from tests.storage.postgres_server import PostgresServer
from tests.storage.swift_server import SwiftServer

WHERE = click.Path(path_type=Path, resolve_path=True)  # S3 servers take no other
SUMS = ("sigkills", "scenes_lost", "reports_twice")  # of the runs that are kept
RESULTS = Path(__file__).parents[1] / "results/chaos.json"
console = Console(highlight=False)


@click.group()
def main() -> None:
    """Show that nothing is lost."""
    end_on_signals()


@main.command("kills")
@click.option("--count", default=100, show_default=True)
@click.option("--seed", type=int, help="Of a run that shall happen again; else a new one.")
@click.option("--folder", type=WHERE, default=Path("data/chaos"))
@click.option("--scaled", is_flag=True, help="PostgreSQL, S3, two API processes, two workers.")
@click.option("--more", is_flag=True, help="Keep the runs before this one beside it.")
def kill_at_random(count: int, seed: int | None, folder: Path, scaled: bool, more: bool) -> None:
    """Kill parts of the platform at random while clients ask for scenes."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    console.print(f"{count} kills, seed {seed}")
    shutil.rmtree(folder, ignore_errors=True)
    began = time.monotonic()
    with _scaled_settings(folder) if scaled else nullcontext(_settings(folder)) as settings:
        each = 2 if scaled else 1
        outcome = kills.run(settings, kills.drawn(count, seed), seed, apis=each, workers=each)
    outcome |= {"minutes": round((time.monotonic() - began) / 60, 1), "machine": machine()}
    console.print_json(json.dumps(outcome))
    form = "scaled" if scaled else "platform"
    runs = [*(_kept().get(form, []) if more else []), outcome]
    sums = {name: sum(run[name] for run in runs) for name in SUMS}
    _keep({form: runs} | ({} if scaled else sums))
    raise SystemExit(1 if outcome["violations"] or outcome["webhooks_lost"] else 0)


def _settings(folder: Path) -> Settings:
    return Settings(
        data=str(folder),
        port=up.free_port(),
        prefect_port=up.free_port(),
        master_key=MASTER_KEY,
        outbound_allow="127.0.0.0/8",
        rate_limit=0,
        text_finder="",  # price tags cost most of a scene and are one more function of pixels
    )


@contextmanager
def _scaled_settings(folder: Path) -> Generator[Settings]:
    """The same on a PostgreSQL and an S3 server, which nobody kills."""
    folder.mkdir(parents=True)
    postgres, swift = PostgresServer(), SwiftServer(folder)
    try:
        postgres.start()
        swift.start()
        stores = {"records": postgres.create("chaos"), "objects": swift.url("chaos")}
        yield msgspec.structs.replace(_settings(folder), **stores)
    finally:
        swift.stop()
        postgres.stop()


@main.command("faults")
@click.argument("names", nargs=-1, type=click.Choice(list(faults.FAULTS)))
@click.option("--seconds", default=30, show_default=True, help="How long each lasts.")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", type=WHERE, default=Path("data/chaos"))
def let_fail(names: tuple[str, ...], seconds: int, seed: int, folder: Path) -> None:
    """Let what the platform stands on fail for a while under load: these faults, or all."""
    wrong = 0
    for name in names or faults.FAULTS:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        outcome = faults.run(name, _settings(folder), seconds, seed)
        console.print_json(json.dumps({name: outcome}))
        wrong += len(outcome["violations"]) + outcome["webhooks_lost"]
        _keep({"faults": _kept().get("faults", {}) | {name: outcome}})
    raise SystemExit(1 if wrong else 0)


@main.command("seams")
@click.option("--action", "actions", multiple=True, default=["kill", "raise", "delay"])
@click.option("--crossings", type=int, help="The first so many of each seam; else every one.")
def disturb_every_seam(actions: tuple[str, ...], crossings: int | None) -> None:
    """Kill, break and delay every crossing of every seam in the life of a scene."""
    folder = Path(tempfile.mkdtemp(prefix="gondola-seams-"))
    counts: Counter[str] = Counter()
    violations: list[str] = []
    with seams.rig(folder) as rig:
        crossed = Counter(seams.crossings(rig))
        asked = {seam: min(times, crossings or times) for seam, times in crossed.items()}
        for case in seams.sweep(rig, asked, list(actions)):
            counts[case.action] += 1
            told = [f"{case.seam}:{case.nth}:{case.action} {line}" for line in case.violations]
            violations += told
            for line in told:
                console.print(line)
    shutil.rmtree(folder)
    console.print(f"{len(crossed)} of {len(SEAMS)} seams, cases {dict(counts)}")
    _keep({"seams": len(crossed), "seam_cases": dict(counts), "seam_violations": violations})
    raise SystemExit(1 if violations else 0)


def _keep(figures: dict[str, Any]) -> None:
    """Put the figures beside those of other runs."""
    RESULTS.write_text(json.dumps(_kept() | figures, indent=2, sort_keys=True) + "\n")


def _kept() -> dict[str, Any]:
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


if __name__ == "__main__":
    main()
