"""`gondola bench capacity`: how much this machine does, and how many of it are needed."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from cli_ends import console, end_on_signals, fail, failing, read_settings

if TYPE_CHECKING:
    from capacity.measure import Measured

PHOTOS = Path(__file__).parent / "tests/data/shelves"
SCENE = ["jp_20250529_034303-359.jpg", "jp_20250529_034321-360.jpg"]
FLEET = [1, 2, 4, 8]
FEW = 20  # scenes, of which the slowest one is 95 % of them


@click.group()
def bench() -> None:
    """Measure this machine."""


@bench.command()
@click.option("--seconds", type=click.IntRange(5, 3600), default=60, show_default=True)
@click.option(
    "--ready-in",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds in which 95 % of the scenes must be ready.",
)
@click.option("--scenes-per-hour", type=click.FloatRange(min=1), help="How many workers for these?")
@click.option(
    "--photos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the JPEGs of one typical scene of yours; else two of ours.",
)
def capacity(
    seconds: int, ready_in: float, scenes_per_hour: float | None, photos: Path | None
) -> None:
    """Keep a platform of its own busy for a minute, with the real models, and tell what it did.

    Settings as GONDOLA_WORKER_SCENES, GONDOLA_WORKER_THREADS and the models count; data is kept in
    a folder that is removed at the end. Stop what else runs here, or measure what is left.
    """
    from capacity.measure import measure  # noqa: PLC0415  it costs a second
    from demo.client import CallFailed  # noqa: PLC0415  same
    from up import StartFailed  # noqa: PLC0415  same

    settings, paths = read_settings(), _photos(photos)
    end_on_signals()
    try:
        with failing():
            seen = measure(settings, paths, seconds, console.print)
    except (StartFailed, CallFailed) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Stopped before the end; nothing was measured.")
    _tell(seen, ready_in, scenes_per_hour)


def _photos(folder: Path | None) -> list[Path]:
    paths = sorted(folder.glob("*.[jJ][pP]*[gG]")) if folder else [PHOTOS / name for name in SCENE]
    if not paths or not all(path.exists() for path in paths):
        fail("There are no JPEGs to measure with; name a folder with --photos.")
    return paths


def _tell(seen: "Measured", ready_in: float, wanted: float | None) -> None:
    from capacity.queueing import SHARE, busiest, quantile  # noqa: PLC0415

    middle, late = quantile(seen.seconds, 0.5), quantile(seen.seconds, SHARE)
    worker, api, prefect = seen.cpu_seconds
    ceiling = 3600 / prefect  # its server is one Python process
    console.print(
        f"{len(seen.seconds)} scenes in {seen.window:.0f} s: {middle:.2f} s each (median), "
        f"{late:.2f} s (95 %), {seen.slots} at a time"
    )
    if len(seen.seconds) < FEW:
        console.print(
            f"[yellow]{len(seen.seconds)} scenes say little: take more --seconds.[/yellow]"
        )
    console.print(
        f"CPU for a scene: worker {worker:.2f} s, API {api:.2f} s, Prefect server {prefect:.2f} s"
    )
    console.print(
        f"Memory: worker {seen.worker_mb:.0f} MB, API {seen.api_mb:.0f} MB, "
        f"Prefect {seen.prefect_mb:.0f} MB"
    )
    console.print(
        f"Disk for 1,000 scenes: {seen.photo_mb + seen.other_mb:.1f} GB, "
        f"of which photos {seen.photo_mb:.1f} GB"
    )
    table = Table(title=f"Scenes an hour, 95 % of them ready in {ready_in:g} s")
    table.add_column("workers like this one", justify="right")
    table.add_column("scenes an hour", justify="right")
    for count in FLEET:
        most = min(busiest(seen.seconds, count * seen.slots, ready_in=ready_in), ceiling)
        table.add_row(str(count), f"{math.floor(most):,}")
    console.print(table)
    console.print(f"One Prefect server starts {ceiling:,.0f} scenes an hour at most.")
    if wanted:
        console.print(advice(seen, wanted, ready_in=ready_in, ceiling=ceiling))


def advice(seen: "Measured", wanted: float, *, ready_in: float, ceiling: float) -> str:
    """Say how many workers so many scenes take.

    Args:
        seen: what was measured.
        wanted: scenes an hour.
        ready_in: seconds in which 95 % of them must be ready.
        ceiling: scenes an hour that one Prefect server starts.
    """
    from capacity.queueing import SHARE, quantile, workers_for  # noqa: PLC0415

    if wanted > ceiling:
        return f"{wanted:,.0f} are more than that, however many workers there are."
    needed = workers_for(wanted, seen.seconds, seen.slots, ready_in=ready_in)
    if not needed:
        late = quantile(seen.seconds, SHARE)
        return f"No number of workers has a scene ready in {ready_in:g} s; it takes {late:.1f} s."
    return f"{wanted:,.0f} scenes an hour take {needed} workers, each on a machine like this."
