"""The warehouse: one DuckDB file about everything seen, made of facts and records.

Readers open the file as it is; a refresh works on a copy and puts it in place by renaming. It holds
nothing that facts and records do not: it may be deleted at any time.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import duckdb
import polars as pl

from storage.errors import BadQuery, NoWarehouse, TooManyQuestions, WarehouseBusy
from storage.on_disk import sync
from storage.warehouse_schema import TABLES, ddl, version

FILE = "warehouse.duckdb"
AT_ONCE = BoundedSemaphore(2)  # questions of one process: each may use every core
PATIENCE = 2.0  # seconds that a question waits for others
_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")  # bytes, or "max"; of cgroup v2


def ram_mb(of_container: Path = _OF_CONTAINER) -> int:
    """Memory of this machine, or of this container when that has less; in MiB."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(of_container.read_text())) // 2**20
    except (OSError, ValueError):
        return machine // 2**20


MEMORY = f"{min(ram_mb() // 4, 4096)}MiB"  # beside scenes that are being recognised
_BEGINNING = {"threads": str(os.cpu_count() or 1), "memory_limit": MEMORY}
_CLOSED = {
    **_BEGINNING,
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}

Connection = duckdb.DuckDBPyConnection


class Warehouse:
    """The file in a folder; any number of processes may read it while one refreshes it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Open it for reading alone; SQL reaches no other file, no network and no setting.

        Raises:
            NoWarehouse: when nobody made it yet, or another version of Gondola did.
            TooManyQuestions: others of this process are answered, and it takes them long.
        """
        with _turn(), _opened(self.path) as connection:
            if _made_by(connection) != version():
                raise NoWarehouse("The warehouse is of another version; refresh it.")
            yield connection

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Answer one SELECT; `$name` in it takes a parameter.

        Raises:
            NoWarehouse: as `reading`.
            BadQuery: says what DuckDB did not understand or would not do.
        """
        with self.reading() as connection, _query_errors():
            kinds = [statement.type for statement in duckdb.extract_statements(sql)]
            if kinds != [duckdb.StatementType.SELECT]:  # COPY may write beside the file
                raise BadQuery("Ask one SELECT at a time.")
            return _frame(connection, sql, parameters)

    def refreshed_at(self) -> datetime:
        """When it was brought up to date, aware; NoWarehouse when there is none."""
        made = self.query("SELECT max(refreshed_at) AS made FROM refreshes").item()
        return made.replace(tzinfo=UTC)

    def rows(self) -> dict[str, int]:
        """How many rows each table has, in the order of the schema."""
        with self.reading() as connection:
            return {
                table: connection.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608  our own names
                for table in TABLES
            }

    def export(self, folder: Path) -> list[Path]:
        """Write each table as a Parquet file into a folder; what was there before is replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{table}.parquet" for table in TABLES]
        with self.reading() as connection:
            for table, path in zip(TABLES, paths, strict=True):
                batches = connection.sql(f"SELECT * FROM {table}").to_arrow_reader(100_000)  # noqa: S608  our own names
                _write_parquet(path, batches)
        return paths

    @contextmanager
    def changing(self, *, anew: bool = False) -> Generator[Connection]:
        """Work on a copy, or on an empty warehouse, which replaces the file when the block ends.

        The copy is a clone where the file system has them (XFS, btrfs).

        Raises:
            WarehouseBusy: another process does this now.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f".{FILE}.next")
        with _alone(self.path.with_name(f".{FILE}.lock")):
            _forget(fresh)
            if not anew and self._is_current():
                _clone(self.path, fresh)
            try:
                with _building(fresh) as connection:
                    yield connection
                sync(fresh)
                fresh.replace(self.path)
                sync(self.path.parent)
            finally:
                _forget(fresh)

    def _is_current(self) -> bool:
        try:
            with self.reading():
                return True
        except NoWarehouse:
            return False


def register(connection: Connection, name: str, frame: pl.DataFrame) -> None:
    """Let SQL on this connection name a frame."""
    connection.register(name, frame.to_arrow())


@contextmanager
def _turn() -> Generator[None]:
    """Wait for one's turn, not for long: who waits here may hold up what is no question."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise TooManyQuestions
    try:
        yield
    finally:
        AT_ONCE.release()


@contextmanager
def _opened(path: Path) -> Generator[Connection]:
    if not path.exists():
        raise NoWarehouse
    try:
        connection = duckdb.connect(str(path), read_only=True, config={**_CLOSED})
    except duckdb.Error as error:
        raise NoWarehouse(f"The warehouse {path} cannot be read; refresh it: {error}") from error
    with connection:
        yield connection


@contextmanager
def _building(path: Path) -> Generator[Connection]:
    is_new = not path.exists()
    spill = {"temp_directory": str(path.with_suffix(".spill")), "preserve_insertion_order": "false"}
    with duckdb.connect(str(path), config={**_BEGINNING, **spill}) as connection:
        for statement in ddl() if is_new else ():
            connection.execute(statement)
        yield connection
        connection.execute("CHECKPOINT")


def _made_by(connection: Connection) -> str | None:
    try:
        found = connection.sql("SELECT made_by FROM refreshes ORDER BY refreshed_at DESC LIMIT 1")
        rows = found.fetchall()
    except duckdb.Error:
        return None
    return rows[0][0] if rows else None


def _frame(connection: Connection, sql: str, parameters: Mapping[str, Any] | None) -> pl.DataFrame:
    relation = connection.sql(sql, params=dict(parameters) if parameters else None)
    return pl.DataFrame() if relation is None else relation.pl()  # pyright: ignore[reportUnnecessaryComparison]  a SET gives none


@contextmanager
def _query_errors() -> Generator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise BadQuery(str(error)) from None
    except pl.exceptions.PolarsError as error:
        raise BadQuery(f"A column of the answer is none of ours, cast it: {error}") from None


def _write_parquet(path: Path, batches: Any) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  only exports need it

    fresh = path.with_name(f".{path.name}.next")
    with pq.ParquetWriter(fresh, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    fresh.replace(path)


@contextmanager
def _alone(lock: Path) -> Generator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusy from None
        yield


def _clone(source: Path, target: Path) -> None:
    """Copy a file; a file system that can shares its blocks, which takes no time."""
    with source.open("rb") as old, target.open("wb") as new:
        try:
            while os.copy_file_range(old.fileno(), new.fileno(), 2**30):
                pass
        except OSError:
            shutil.copyfile(source, target)


def _forget(path: Path) -> None:
    for one in (path, path.with_name(path.name + ".wal")):
        one.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(path.with_suffix(".spill"))
