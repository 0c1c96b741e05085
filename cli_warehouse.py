"""`gondola sql`, `gondola warehouse`, `gondola analytics`: questions about everything seen."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from cli_ends import console, fail, failing, read_settings, upgrade

if TYPE_CHECKING:
    import polars as pl

    from storage.warehouse import Warehouse

NAMED = ("table", "csv", "json", "parquet", "arrow")
_format = click.option(
    "--format", "named", type=click.Choice(NAMED), default="table", show_default=True
)


@click.command()
@click.argument("query")
@_format
def sql(query: str, named: str) -> None:
    """Ask the warehouse with SQL, of DuckDB's kind; it can change nothing and reach nothing else.

    docs/warehouse.md lists the tables: gondola sql "SELECT count(*) FROM facings"
    """
    with failing():
        _write(_warehouse().query(query), named)


@click.command()
@click.argument("question", required=False)
@click.option("--by", default="", help="What it is split by: chain,week,brand ...")
@click.option("--where", multiple=True, help="chain=Corner, day>=2026-05-01; may be given again.")
@_format
def analytics(question: str | None, by: str, where: tuple[str, ...], named: str) -> None:
    """Ask share-of-shelf, osa, price-index ...; without a question, list them."""
    from storage import questions  # noqa: PLC0415  it costs a second
    from storage.question_parts import listed  # noqa: PLC0415  same

    if question is None:
        for one in questions.QUESTIONS:
            console.print(f"[bold]{one.name}[/bold]  {escape(one.sentence)}")
            console.print(f"  by {', '.join(one.dimensions)}", style="dim")
        return
    with failing():
        asked = questions.ask(question, listed(by), where)
        _write(questions.answer(_warehouse(), asked), named)


@click.group()
def warehouse() -> None:
    """Make, look at and export the warehouse; it may be deleted at any time."""


@warehouse.command()
def refresh() -> None:
    """Add what is new; makes the warehouse when there is none."""
    _refresh(anew=False)


@warehouse.command()
def rebuild() -> None:
    """Forget the warehouse and read everything."""
    _refresh(anew=True)


@warehouse.command()
def status() -> None:
    """Tell how many rows each table has, and when the warehouse was refreshed."""
    with failing():
        made = _warehouse()
        rows, last = made.rows(), made.refreshed_at()
    table = Table("table", "rows")
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    console.print(table)
    console.print(f"Refreshed {last:%F %T} UTC: {made.path}", soft_wrap=True)


@warehouse.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write each table as a Parquet file into FOLDER."""
    with failing():
        for path in _warehouse().export(folder):
            console.print(f"{path}", soft_wrap=True)


def _warehouse() -> "Warehouse":
    from storage.warehouse import Warehouse  # noqa: PLC0415  it costs a second

    return Warehouse(read_settings().data_dir)


def _refresh(*, anew: bool) -> None:
    from flows.warehouse_source import make_source  # noqa: PLC0415  it costs a second
    from storage import warehouse_refresh  # noqa: PLC0415  same
    from storage.objects import open_objects  # noqa: PLC0415  same
    from storage.records import Records  # noqa: PLC0415  same

    settings = read_settings()
    with failing():
        upgrade(settings)
        records, objects = Records(settings.records_url), open_objects(settings.objects_url)
        source = make_source(records, objects, settings.price_confidence)
        with console.status("Reading records and facts ...") as line:
            done = warehouse_refresh.refresh(
                _warehouse(), source, now=datetime.now(UTC), anew=anew, told=line.update
            )
        records.close()
    new = f"{done.scenes:,} scenes, {done.facings:,} facings, {done.reports:,} reports"
    console.print(f"New: {new}. {done.seconds:.1f} s.")
    if done.left_out:
        told = ["These were left out, everything else is there:", *done.left_out]
        fail(escape("\n".join(told)))


def _write(frame: "pl.DataFrame", named: str) -> None:
    from storage.answer_formats import FORMATS  # noqa: PLC0415  it costs a second

    if named == "table":
        _print(frame)
        return
    if named in ("parquet", "arrow") and sys.stdout.isatty():
        fail(f"Send {named} into a file: --format {named} > answer.{named}")
    click.echo(FORMATS[named].encode(frame), nl=named == "json")


def _print(frame: "pl.DataFrame") -> None:
    table = Table()
    for name, kind in frame.schema.items():
        table.add_column(escape(name), justify="right" if kind.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*map(_cell, row))
    console.print(table)
    console.print(f"{frame.height:,} rows", style="dim")


def _cell(value: Any) -> str:
    if value is None:
        return "[dim]-[/dim]"
    return f"{value:.4f}" if isinstance(value, float) else escape(str(value))
