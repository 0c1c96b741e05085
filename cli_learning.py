"""`gondola export` and `gondola sku learn`: what people taught, out to other tools and back in."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from settings import Settings

_COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))


def export(  # noqa: PLR0913 (keyword-only)
    settings: Settings,
    console: Console,
    folder: Path,
    *,
    kind: str,
    since: datetime | None,
    uncertain: bool,
) -> None:
    """Write the export and print what is in it."""
    from export import command, oos_reasons  # noqa: PLC0415  it costs a second
    from storage.objects import open_objects  # noqa: PLC0415  same
    from storage.records import Records  # noqa: PLC0415  same

    records, objects = Records(settings.records_url), open_objects(settings.objects_url)
    since = since.replace(tzinfo=UTC) if since else None
    if kind == "oos-reasons":
        path, rows = oos_reasons.write_reasons(records, folder, since=since)
        console.print(f"{rows} reasons\n  {path}", soft_wrap=True)
        return
    with Progress(*_COLUMNS, console=console, transient=True) as progress:
        task = progress.add_task("Writing pictures", total=None)
        pictures, files = command.export(
            records,
            objects,
            folder,
            kind=kind,
            since=since,
            uncertain=uncertain,
            advance=lambda: progress.advance(task),
        )
    regions = [region for picture in pictures for region in picture.regions]
    confirmed = sum(region.answered for region in regions)
    what = "crops" if uncertain else "photos"
    console.print(f"{len(pictures)} {what}, {len(regions)} facings, {confirmed} of them confirmed")
    for path in files:
        console.print(f"  {path}", soft_wrap=True)


def learn(settings: Settings, console: Console, *, dry_run: bool) -> None:
    """Make references of confirmed facings and print which."""
    from flows.learn_references import PER_SKU, learn_references  # noqa: PLC0415  costs a second
    from flows.resources import Resources  # noqa: PLC0415  same

    made = learn_references(Resources(settings), dry_run=dry_run)
    if not made:
        console.print("No confirmed facing waits to be learned.")
        return
    table = Table(box=None, title_justify="left", title="Would learn" if dry_run else "Learned")
    for title in ("SKU", "name", "had", "new", "not needed"):
        table.add_column(title, justify="left" if title == "name" else "right")
    for one in made:
        counts = (str(one.had), str(len(one.chosen)), str(one.left))
        table.add_row(str(one.sku_id), one.name, *counts)
    console.print(table)
    total = sum(len(one.chosen) for one in made)
    console.print(f"{total} references, at most {PER_SKU} from shelves per SKU.")
