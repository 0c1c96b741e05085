"""How every command begins and ends: with settings, and with a sentence when it fails."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console

from settings import Settings, SettingsError, load

console = Console()


@contextmanager
def failing() -> Generator[None]:
    """End with the sentence of what went wrong, without a traceback."""
    from flows.reports.own import BadReportFile  # noqa: PLC0415  it costs a second
    from inference.errors import InferenceError  # noqa: PLC0415  same
    from storage.errors import StorageError  # noqa: PLC0415  same

    try:
        yield
    except (BadReportFile, InferenceError, StorageError, OSError) as error:
        fail(str(error))


def upgrade(settings: Settings) -> None:
    """Bring the records to the newest schema."""
    from storage import migrate  # noqa: PLC0415  it costs a second

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(settings.records_url)


def read_settings() -> Settings:
    """Read the settings; a wrong one ends the command."""
    try:
        return load()
    except SettingsError as error:
        fail(str(error))


def check_own_reports(settings: Settings) -> None:
    """Load the report types of the operator; a broken file ends the command, naming it."""
    if settings.own_reports:
        from flows import reports  # noqa: PLC0415  it costs a second

        with failing():
            reports.use(settings.own_reports)


def fail(message: str) -> NoReturn:
    """Print the sentence and end with 1."""
    console.print(f"[red]{message}[/red]", soft_wrap=True)  # one line also in a log
    sys.exit(1)


def end_on_signals() -> None:
    """Let a polite kill end the platform as Ctrl-C does, also when started in the background."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, interrupt)
