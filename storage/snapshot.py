"""One consistent copy of the records in a file, taken while others write, and back again."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, make_url

from storage.errors import NotEmpty, RecordsUnavailable
from storage.on_disk import sync
from storage.records import BUSY_SECONDS, database_errors, make_engine

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_LOOK = "Install the PostgreSQL client programs; {} of the server's version or newer is needed."


def engine_of(url: str) -> str:
    """The engine whose snapshots fit these records: SQLITE or POSTGRESQL."""
    return make_url(url).get_backend_name()


def save(url: str, path: Path) -> None:
    """Write a snapshot: SQLite's own online backup, or `pg_dump`.

    Raises:
        RecordsUnavailable: when the database is damaged or does not answer.
    """
    if engine_of(url) == SQLITE:
        _copy_sqlite(Path(str(make_url(url).database)), path)
        return
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={path}")


def refuse_unless_empty(url: str) -> None:
    """Let nobody restore over records that exist.

    Raises:
        NotEmpty: when the database holds a table.
    """
    engine = make_engine(url)
    try:
        with database_errors(), engine.connect() as connection:
            found = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    if found:
        raise NotEmpty("There are records already; restore into an empty database.")


def load(url: str, path: Path) -> None:
    """Put a snapshot in place of an empty database, whole or not at all.

    Raises:
        RecordsUnavailable: when it is no sound snapshot.
    """
    if engine_of(url) == SQLITE:
        target = Path(str(make_url(url).database))
        for beside in ("", "-wal", "-shm"):  # the empty database that was looked into
            target.with_name(target.name + beside).unlink(missing_ok=True)
        fresh = target.with_name(f".{target.name}.restoring")
        fresh.unlink(missing_ok=True)
        _copy_sqlite(path, fresh)
        fresh.replace(target)
        return
    _run(url, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(path))


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Read every page.

    Raises:
        RecordsUnavailable: with what SQLite found.
    """
    found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise RecordsUnavailable(f"The database is damaged: {found}")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy page by page; writers that come meanwhile are in the copy or come after it."""
    if not source.exists():
        raise RecordsUnavailable(f"There is no database {source}.")
    try:
        with (
            closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            check_sqlite(copy)
    except sqlite3.Error as error:
        raise RecordsUnavailable(f"The database failed: {error}") from error
    sync(target)


def _run(url: str, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by environment, which others cannot read."""
    path, at = shutil.which(program), make_url(url)
    if path is None:
        raise RecordsUnavailable(_LOOK.format(program))
    command = [path, f"--dbname={_without_password(at)}", *arguments]
    done = subprocess.run(  # noqa: S603  a program of PostgreSQL on our own arguments
        command, env={**os.environ, **_password(at)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RecordsUnavailable(f"{program} failed: {done.stderr.strip()}")


def _without_password(at: URL) -> str:
    """Write the address as PostgreSQL's programs read it, with every option it carries."""
    where = URL.create("postgresql", at.username, None, at.host, at.port, at.database, at.query)
    return where.render_as_string()


def _password(at: URL) -> dict[str, str]:
    return {} if at.password is None else {"PGPASSWORD": str(at.password)}
