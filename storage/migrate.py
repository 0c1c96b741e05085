"""Brings the records to the schema of this version; several processes may start at once."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event, func, make_url, select

from storage import failpoints
from storage.errors import RecordsUnavailable
from storage.records import WRITING, database_errors, make_engine

_LOCK = 0x60_9D_01A  # any number, the same in every Gondola


def upgrade(url: str) -> None:
    """Run the migrations that are missing, under a lock, in one transaction.

    Raises:
        RecordsUnavailable: when there is no such database, it does not answer, or a newer Gondola
            made its tables.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _let_tables_be_rebuilt)
    try:
        with database_errors(), _locked(engine.execution_options(**WRITING)) as connection:
            _run(connection)
            failpoints.hit("migrations run")
    finally:
        engine.dispose()


def _run(connection: Connection) -> None:
    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:  # a revision that this version has no file for
        raise RecordsUnavailable(
            f"The records are of a newer Gondola, there is no way back: start that one. ({error})"
        ) from error


def _let_tables_be_rebuilt(connection: Any, _record: object) -> None:
    """Keep foreign keys out of migrations.

    SQLite changes a table by making it anew, and dropping the old one would delete, by cascade,
    every row that names one of its rows. Inside a transaction the setting has no effect.
    """
    connection.execute("PRAGMA foreign_keys = OFF").close()


@contextmanager
def _locked(engine: Engine) -> Generator[Connection, None, None]:
    """Begin a transaction that no other upgrade runs beside."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            yield connection
        return
    with _file_lock(Path(f"{make_url(engine.url).database}.lock")), engine.begin() as connection:
        yield connection


@contextmanager
def _file_lock(path: Path) -> Generator[None, None, None]:
    """Hold the lock file; the kernel lets it go when the process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
