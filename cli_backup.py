"""`gondola backup` and `gondola restore`."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from cli_ends import console, failing, read_settings, upgrade


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy records and objects into FOLDER while everything runs.

    Run it again and it copies only what is new.
    """
    from storage import backup as backups  # noqa: PLC0415  it costs a second
    from storage.objects import open_objects  # noqa: PLC0415  same

    settings = read_settings()
    with failing(), _counting() as told:
        objects = open_objects(settings.objects_url)
        now = datetime.now(UTC)
        done = backups.backup(settings.records_url, objects, folder, now=now, told=told)
    console.print(f"{folder} holds the records of {now:%Y-%m-%d %H:%M:%S} UTC", soft_wrap=True)
    console.print(f"and {done.objects} objects, {done.new} of them new.")
    for variable, own in settings.own_folders.items():
        console.print(f"Not in it, so keep a copy of your own: {own} ({variable}).", soft_wrap=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Put the backup of FOLDER into an empty data folder, or empty stores.

    Every byte is checked before the first is written. Nothing else may run meanwhile.
    """
    from storage import backup as backups  # noqa: PLC0415  it costs a second
    from storage.objects import open_objects  # noqa: PLC0415  same

    settings = read_settings()
    with failing(), _counting() as told:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        objects = open_objects(settings.objects_url)
        done = backups.restore(folder, settings.records_url, objects, told=told)
        upgrade(settings)
    console.print(f"Restored {done.objects} objects and the records of {done.made_at:%F %T} UTC.")


@contextmanager
def _counting() -> Generator[Callable[[int], None]]:
    """Show how many objects are done, where somebody looks."""
    columns = TextColumn("{task.completed} objects"), TimeElapsedColumn()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda done: progress.update(task, completed=done)
