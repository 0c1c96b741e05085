"""`gondola import` and `gondola export-master-data`: master data in and out of files."""

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cli_ends import console, fail, failing, read_settings, upgrade


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", help="What is in files that are not named after it, such as sku.")
@click.option(
    "--unit", type=click.Choice(["mm", "cm", "in"]), help="Of sizes in Azure and PSA planograms."
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
def import_command(
    files: tuple[Path, ...], kind: str | None, unit: str | None, dry_run: bool
) -> None:
    """Read master data from CSV, JSON, Azure planogram and PSA files: all of it or nothing.

    The same files again change nothing. docs/master-data.md shows them.
    """
    from api.uploads import Limits  # noqa: PLC0415  it costs a second
    from master_files.command import import_files  # noqa: PLC0415  same
    from master_files.lines import ORDER, kind_of  # noqa: PLC0415  same
    from storage.objects import open_objects  # noqa: PLC0415  same
    from storage.records import Records  # noqa: PLC0415  same

    settings = read_settings()
    if kind and not kind_of(kind):
        fail(f"There is no kind {kind}. Kinds: {', '.join(ORDER)}.")
    limits = Limits(settings.max_upload_mb * 1_000_000, settings.max_upload_mp * 1_000_000)
    with failing():
        upgrade(settings)
        done = import_files(
            Records(settings.records_url),
            open_objects(settings.objects_url),
            files,
            limits=limits,
            now=datetime.now(UTC),
            kind=kind_of(kind) if kind else None,
            unit=unit,
            dry_run=dry_run,
        )
    for finding in done.findings:
        console.print(f"[red]{escape(finding.where)}[/red]: {escape(finding.what)}", soft_wrap=True)
    if done.findings:
        fail(f"{len(done.findings)} things are wrong; nothing was imported.")
    for note in done.notes:
        console.print(note)
    columns = ("added", "changed", "unchanged", "removed")
    table = Table("", *columns, box=None, title="Would import" if dry_run else "Imported")
    for name, count in done.counts.items():
        table.add_row(name, *(str(getattr(count, column)) for column in columns))
    console.print(table)


@click.command("export-master-data")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export_command(folder: Path) -> None:
    """Write SKUs, packshots, planograms, must-have lists and so on into FOLDER, for an import."""
    from master_files.out import export  # noqa: PLC0415  it costs a second
    from storage.objects import open_objects  # noqa: PLC0415  same
    from storage.records import Records  # noqa: PLC0415  same

    settings = read_settings()
    with failing():
        upgrade(settings)
        records, objects = Records(settings.records_url), open_objects(settings.objects_url)
        for path, count in export(records, objects, folder):
            console.print(f"  {escape(str(path))}  {count} rows", soft_wrap=True, highlight=False)
