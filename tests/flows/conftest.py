"""One plant for all flow tests that need a Prefect server, stores for those that need none."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from demo.receiver import Receiver
from flows.resources import Resources
from settings import Settings
from storage import records
from tests.api.conftest import MASTER_KEY, Gondola, start
from tests.flows.plant import SHELVES, Plant, Worker
from tests.inference import tiny


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A running Prefect server, empty records and objects."""
    made = Plant(tmp_path_factory.mktemp("plant"))
    with made.server():
        yield made
    made.records.close()


@pytest.fixture(scope="module")
def worker(plant: Plant) -> Iterator[Worker]:
    """A warm worker that the tests of a file share; nobody kills it."""
    with plant.worker() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    with Receiver() as listening:
        yield listening


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Resources]:
    """Stores with a small embedder in service."""
    folder = tiny.write_folder(tmp_path / "e", tiny.embedder_network(), tiny.embedder_card())
    made = Resources(
        Settings(data=str(tmp_path / "data"), master_key=MASTER_KEY, embedder=str(folder))
    )
    yield made
    made.records.close()


@pytest.fixture
def gondola(tools: Resources, tmp_path: Path) -> Iterator[Gondola]:
    """The API on the same stores."""
    with start(tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="session")
def photo(plant: Plant) -> int:
    """An uploaded shelf photo."""
    return plant.upload((SHELVES / "jp_20250529_034303-359.jpg").read_bytes())


@pytest.fixture
def lock_records(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Resources], None]]:
    """Call it, and somebody else writes for two seconds, for which nobody waits.

    Ask for it before the stores: their connections are made with how long they wait.
    """
    monkeypatch.setattr(records, "BUSY_SECONDS", 0.5)
    timers: list[Timer] = []

    def lock(tools: Resources) -> None:
        path = tools.settings.data_dir / "records.db"
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timers.append(Timer(2, other.close))
        timers[-1].start()

    yield lock
    for timer in timers:
        timer.join()
