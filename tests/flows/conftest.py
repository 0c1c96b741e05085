"""One plant for all flow tests that need a Prefect server, stores for those that need none."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from demo.receiver import Receiver
from flows.resources import Resources
from settings import Settings
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
def fill_disk() -> Iterator[Callable[[], None]]:
    """Call it, and for 1.5 seconds no file of this process may grow."""
    kind = resource.RLIMIT_FSIZE
    before, most = resource.getrlimit(kind)
    timers: list[Timer] = []

    def fill() -> None:
        resource.setrlimit(kind, (0, most))
        timers.append(Timer(1.5, resource.setrlimit, (kind, (before, most))))
        timers[-1].start()

    yield fill
    for timer in timers:
        timer.join()
