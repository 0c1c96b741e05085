"""`gondola reprocess`: scenes done again; `gondola what-if`: had they been planned otherwise."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli_ends import console, fail, failing, read_settings, upgrade
from settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from flows.history_plan import Plan
    from flows.resources import Resources

LOOK_SECONDS = 1.0
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--reports", is_flag=True, help="Only reports; those made from something older.")
@click.option("--since", type=DAY, help="Only scenes accepted on this day (UTC) or later.")
@click.option("--until", type=DAY, help="Only scenes accepted on this day or before.")
@click.option("--display", type=int, help="Only scenes of this display.")
@click.option("--shop", help="Only scenes of visits to this shop.")
@click.option("--sku", type=int, help="Only scenes in which this SKU is, or might be.")
@click.option("--model", help="Only scenes seen by this model, as sku-embedder-0.1.0.")
@click.option("--all", "everything", is_flag=True, help="Also scenes of which nothing is newer.")
@click.option("--dry-run", is_flag=True, help="Only tell which scenes, and why.")
def reprocess(reports: bool, everything: bool, dry_run: bool, sku: int | None, **wanted: Any):
    """Recognise scenes again with today's models and gallery; live scenes go first.

    Old reports are answered until the new ones are there, and stay. Ctrl-C stops the watching, not
    the work.
    """
    settings = read_settings()
    with failing():
        upgrade(settings)
        _reprocess(settings, wanted, (reports, sku, everything), dry_run=dry_run)


def _reprocess(
    settings: Settings,
    wanted: dict[str, Any],
    asked: tuple[bool, int | None, bool],
    *,
    dry_run: bool,
) -> None:
    from flows import server  # noqa: PLC0415  these imports cost seconds

    os.environ.update(server.client_environment(settings))  # before Prefect reads it
    from flows.history_plan import Asked, make_plan, name_batch, note_plan  # noqa: PLC0415
    from flows.reprocess import describe, start  # noqa: PLC0415
    from flows.resources import Resources  # noqa: PLC0415
    from storage.history import Wanted  # noqa: PLC0415

    tools, at, (reports, sku, everything) = Resources(settings), datetime.now(UTC), asked
    days = {name: wanted[name].date() if wanted[name] else None for name in ("since", "until")}
    what, chosen = "reports" if reports else "recognition", Wanted(**{**wanted, **days})
    with console.status("Looking at scenes ...") as status:
        plan = make_plan(
            tools,
            Asked(what, chosen, sku, everything),
            lambda count: status.update(f"Looked at {count:,} scenes"),
        )
    batch = name_batch(at)
    noted = None if dry_run else note_plan(tools, plan, batch=batch, now=at)
    _show(plan)
    console.print(describe(plan, batch, noted=noted), soft_wrap=True)
    if noted:
        start(batch)
        _watch(tools, batch)


def _show(plan: "Plan") -> None:
    table = Table("reason", "scenes", box=None)
    for reason, count in plan.reasons.most_common():
        table.add_row(reason, f"{count:,}")
    if plan.reasons:
        console.print(table)


def _watch(tools: "Resources", batch: str) -> None:
    """Show how far the batch is until it is over."""
    from storage import history  # noqa: PLC0415  it costs a second

    columns = (TextColumn(batch), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task(batch, total=None)
            while True:
                with tools.records.reading() as tx:
                    found = history.progress(tx, [batch])
                progress.update(bar, completed=found.over, total=found.total)
                if not found.open:
                    break
                time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        console.print("It goes on without you; the Prefect UI shows how far it is.")
        return
    _tell(tools, batch)


def _tell(tools: "Resources", batch: str) -> None:
    from storage import history_changes  # noqa: PLC0415  it costs a second

    with tools.records.reading() as tx:
        by_type = history_changes.by_type(tx, batch)
        failed = history_changes.failures(tx, batch, limit=20)
    table = Table("report type", "made", "changed", "errors", box=None)
    for one in by_type:
        table.add_row(one.report_type, *(f"{n:,}" for n in (one.made, one.changed, one.errors)))
    console.print(table if by_type else "No report had to be made.")
    for one in failed:
        console.print(f"Scene {one.scene_id} stays: {one.problem}", soft_wrap=True)


@click.command("what-if")
@click.option("--must-have", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--planogram", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", type=click.Choice(["mm", "cm", "in"]), help="Of sizes in the planogram.")
@click.option("--display", type=int, help="Only scenes of this display.")
@click.option("--shop", help="Only scenes of visits to this shop.")
@click.option("--since", type=DAY, help="Only scenes accepted on this day (UTC) or later.")
@click.option("--until", type=DAY, help="Only scenes accepted on this day or before.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=".csv .json .parquet")
def what_if(
    must_have: Path | None,
    planogram: Path | None,
    unit: str | None,
    out: Path | None,
    **wanted: Any,
) -> None:
    """Say how scenes would have complied with another must-have list or planogram.

    The file is one that `gondola import` takes. Nothing is written but --out.
    """
    path = must_have or planogram
    if path is None or (must_have and planogram):
        raise click.UsageError("Say either --must-have FILE or --planogram FILE.")
    if out and out.suffix not in (".csv", ".json", ".parquet"):
        raise click.UsageError("--out ends with .csv, .json or .parquet.")
    settings = read_settings()
    with failing():
        upgrade(settings)
        _what_if(settings, path, "must_have" if must_have else "planogram", unit, wanted, out)


def _what_if(  # noqa: PLR0913, PLR0917
    settings: Settings,
    path: Path,
    what: str,
    unit: str | None,
    wanted: dict[str, Any],
    out: Path | None,
) -> None:
    from flows.resources import Resources  # noqa: PLC0415  these imports cost seconds
    from flows.what_if import what_if as compute  # noqa: PLC0415
    from master_files.what_if import WrongFile, plan_of  # noqa: PLC0415
    from storage.history import Wanted  # noqa: PLC0415

    tools, began = Resources(settings), time.monotonic()
    try:
        plan = plan_of(tools.records, path, what, now=datetime.now(UTC), unit=unit)
    except WrongFile as error:
        fail(str(error))
    days = {name: wanted[name].date() if wanted[name] else None for name in ("since", "until")}
    with console.status("Computing ...") as status:
        found = compute(
            tools,
            plan,
            Wanted(**{**wanted, **days}),
            tell=lambda count: status.update(f"{count:,} scenes"),
        )
    seconds = time.monotonic() - began
    _write(found, out)
    console.print(f"{found.height:,} scenes in {seconds:.1f} s; nothing was recorded.")


def _write(found: "pl.DataFrame", out: Path | None) -> None:
    """Write the table, or show what it comes to."""
    import polars as pl  # noqa: PLC0415  it costs a moment

    if out and out.suffix == ".parquet":
        found.write_parquet(out)
    elif out and out.suffix == ".json":
        found.with_columns(pl.col("created_at").dt.to_string("iso:strict")).write_json(out)
    elif out:
        joined = pl.col("out_of_stock").cast(pl.List(pl.String)).list.join(" ")
        found.with_columns(joined).write_csv(out)
    table = Table("", "mean compliance", "scenes", box=None)
    for name, column in (("as reported", "compliance_now"), ("what if", "compliance")):
        known = found[column].drop_nulls()
        table.add_row(name, f"{known.mean():.1%}" if len(known) else "", f"{len(known):,}")
    console.print(table)
