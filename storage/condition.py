"""How the stores are: what `gondola doctor` asks. Nothing is changed."""

import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from storage.records import database_errors, make_engine

TRIALS = 5


def sqlite_file(url: str) -> Path | None:
    """The database file; None where the records are on a server."""
    at = make_url(url)
    return Path(str(at.database)) if at.get_backend_name() == "sqlite" else None


def schema(url: str) -> tuple[str | None, str | None]:
    """The newest migration that ran, and the newest that there is.

    Raises:
        RecordsUnavailable: when the database does not answer.
    """
    engine = make_engine(url)
    try:
        with database_errors(), engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    migrations = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return at, migrations.get_current_head()


def has_tables(url: str) -> bool:
    """Whether any migration ran; looking makes no file.

    Raises:
        RecordsUnavailable: when the database does not answer.
    """
    path = sqlite_file(url)
    return (path is None or path.exists()) and schema(url)[0] is not None


def damage(path: Path) -> str | None:
    """What SQLite finds wrong with the pages of a database file; None = it is sound."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else str(found)


def fsync_milliseconds(folder: Path) -> float:
    """How long the disk takes to keep 4 kB for sure; the median of some trials."""
    spent: list[float] = []
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".fsync-") as file:
        for _ in range(TRIALS):
            file.write(os.urandom(4096))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)
