"""What storage tests share: the records on both engines, the objects in both stores."""

import json
from collections.abc import Callable, Generator
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from storage import migrate
from storage.objects import ObjectStore, open_objects
from storage.records import Records, make_engine
from storage.tables import metadata
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Figures, Refreshed, Source, refresh
from tests.storage.postgres_server import PostgresServer
from tests.storage.seen import later
from tests.storage.swift_server import SwiftServer

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
STORES = ["folder", pytest.param("s3", marks=pytest.mark.servers)]
Refresh = Callable[..., Refreshed]


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer, None, None]:
    """A PostgreSQL without databases of ours."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of a migrated PostgreSQL database that all tests share."""
    url = postgres_server.create("shared")
    migrate.upgrade(url)
    return url


def empty_tables(url: str) -> str:
    """Remove every row, and let the ids begin anew."""
    engine = make_engine(url)
    with engine.begin() as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def swift_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[SwiftServer, None, None]:
    """A server that speaks S3."""
    server = SwiftServer(tmp_path_factory.mktemp("swift"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=ENGINES)
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of fresh, migrated records on each engine."""
    if request.param == "postgresql":
        return empty_tables(request.getfixturevalue("postgres_url"))
    path = tmp_path / "records.db"
    copyfile(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, on each engine."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.create(f"test-{uuid4().hex}")
    return f"sqlite:///{tmp_path / 'new' / 'records.db'}"


@pytest.fixture
def records(records_url: str) -> Generator[Records, None, None]:
    """Fresh records on each engine."""
    records = Records(records_url)
    yield records
    records.close()


@pytest.fixture(params=STORES)
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ObjectStore, None, None]:
    """An empty object store of each kind."""
    url = tmp_path.joinpath("objects").as_uri()
    if request.param == "s3":
        url = request.getfixturevalue("swift_server").url(f"test-{uuid4().hex}")
    store = open_objects(url)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    """An empty object folder, for tests that are not about stores."""
    return open_objects(tmp_path.joinpath("folder").as_uri())


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse that nobody made yet."""
    return Warehouse(tmp_path / "warehouse")


@pytest.fixture
def again(warehouse: Warehouse, records: Records, objects: ObjectStore) -> Refresh:
    """Brings the warehouse up to date."""

    def read(_: str, body: bytes) -> Figures:
        said: dict[str, Any] = json.loads(body)
        return Figures(said["met"], said["counted"], [tuple(one) for one in said.get("skus", [])])

    source = Source(records, objects, ("OSA", "PLANOGRAM_COMPLIANCE"), read, 0.5)

    def run(**more: Any) -> Refreshed:
        return refresh(warehouse, source, **{"now": later(days=1)} | more)

    return run
