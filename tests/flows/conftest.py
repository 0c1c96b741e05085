"""One plant for all flow tests that need a Prefect server."""

from collections.abc import Iterator

import pytest

from demo.receiver import Receiver
from tests.flows.plant import SHELVES, Plant, Worker


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


@pytest.fixture(scope="session")
def photo(plant: Plant) -> int:
    """An uploaded shelf photo."""
    return plant.upload((SHELVES / "jp_20250529_034303-359.jpg").read_bytes())
