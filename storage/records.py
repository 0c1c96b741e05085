"""The one door to SQL: SQLite (embedded) or PostgreSQL, the same statements on both."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from storage import failpoints
from storage.durable import RECORDS, note
from storage.errors import RecordsUnavailable

BUSY_SECONDS = 30  # how long a writer waits for another process's transaction
CONNECTIONS = 16  # to SQLite, kept open by a process for each way to commit; ten more come and go
_BEGIN = "gondola_begin"
WRITING = {_BEGIN: "BEGIN IMMEDIATE"}  # execution options; PostgreSQL does not look at them
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Transaction = Connection  # what `transaction` and `reading` give; for annotations elsewhere


def insert(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Start an INSERT that knows ON CONFLICT; both engines spell the rest alike."""
    return insert_in(tx.dialect.name, table)


def insert_in(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """As `insert`, for statements that are made once: making one costs more than running it."""
    return _INSERTS[dialect](table)


def make_engine(url: str, *, durable: bool = True) -> Engine:
    """Make the engine: SQLite in WAL with our own BEGIN, or PostgreSQL with checked connections.

    Args:
        url: SQLAlchemy's.
        durable: a commit waits until the disk has it; else power loss may undo the last ones.

    Raises:
        RecordsUnavailable: when the URL is none of an engine we speak.
    """
    if _backend(url) != "sqlite":
        relaxed = {} if durable else {"options": "-c synchronous_commit=off"}
        return create_engine(url, pool_pre_ping=True, connect_args=relaxed)
    Path(str(make_url(url).database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=CONNECTIONS, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", partial(_prepare, "FULL" if durable else "NORMAL"))
    event.listen(engine, "begin", _begin)
    return engine


def _backend(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in _INSERTS:
        raise RecordsUnavailable(
            "The records are sqlite:////path/records.db or postgresql+psycopg://user@host/database."
        )
    return backend


def _prepare(synchronous: str, connection: Any, _record: object) -> None:
    """Turn the driver's own BEGIN off, and set how durable a commit is.

    Source: SQLAlchemy documentation, SQLite, "Using SQLAlchemy to emit BEGIN in lieu of SQLite's
    transaction control".
    """
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", f"synchronous = {synchronous}", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


class Records:
    """The records of one Gondola; any number of processes and threads may hold one."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        is_sqlite = self._engine.dialect.name == "sqlite"  # there a read is a snapshot anyway
        self._writes = self._engine.execution_options(**WRITING)
        self._light_engine = make_engine(url, durable=False)
        self._light_writes = self._light_engine.execution_options(**WRITING)
        self._turn = _Turn() if is_sqlite else nullcontext()
        self._reads = self._engine.execution_options(**({} if is_sqlite else snapshot))

    @contextmanager
    def transaction(self) -> Generator[Connection, None, None]:
        """Commit what is done inside, or roll it back when it raises.

        On SQLite it holds the write lock from the start (BEGIN IMMEDIATE), so it never fails
        half-way because another process wrote first. Nothing but SQL belongs inside.

        Raises:
            RecordsUnavailable: when the database does not answer, is full, or stays locked.
        """
        with database_errors(), self._turn, self._writes.begin() as tx:
            failpoints.hit("transaction begun")
            yield tx
            failpoints.hit("transaction filled")
            filled = perf_counter()
        note(RECORDS, filled)
        failpoints.hit("transaction committed")

    @contextmanager
    def light_transaction(self) -> Generator[Connection, None, None]:
        """As `transaction`, for what may be lost with the power: the disk is not waited for.

        Raises:
            RecordsUnavailable: as there.
        """
        with database_errors(), self._turn, self._light_writes.begin() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Generator[Connection, None, None]:
        """See one state of the records; never waits for writers.

        Raises:
            RecordsUnavailable: when the database does not answer.
        """
        with database_errors(), self._reads.connect() as tx:
            yield tx

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        self._light_engine.dispose()


class _Turn:
    """One writer of this process at a time.

    SQLite lets one write anyway. Who finds it busy sleeps and asks again, longer each time, while
    others pass; whoever waits for a lock is woken as soon as it is free.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise RecordsUnavailable(f"Another writer needs more than {BUSY_SECONDS} s.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@contextmanager
def database_errors() -> Generator[None, None, None]:
    """Say RecordsUnavailable where the driver says that the database does not answer."""
    try:
        yield
    except OperationalError as error:
        raise RecordsUnavailable(f"The database failed: {error.orig}") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # a kind of its own, as a broken constraint
            raise
        raise RecordsUnavailable(f"The database is damaged: {error.orig}") from error
    except NoFreeConnection as error:
        raise RecordsUnavailable("Every connection to the database is in use.") from error
