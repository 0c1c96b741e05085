"""`gondola reprocess`: scenes recognised, or their reports computed, again."""

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli_ends import console, failing, read_settings, upgrade
from settings import Settings

if TYPE_CHECKING:
    from flows.history_plan import Plan
    from flows.resources import Resources

LOOK_SECONDS = 1.0
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--reports", is_flag=True, help="Only reports whose master data was written since.")
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
