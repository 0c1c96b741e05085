"""One platform for all end-to-end tests: Prefect server, API, warm worker, a catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import up
from demo import catalogue
from demo.client import Client
from demo.receiver import Receiver
from settings import Settings

MASTER_KEY = "end-to-end-master-key"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker(pytest.mark.end_to_end)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a platform of its own."""
    return Settings(
        data=str(tmp_path_factory.mktemp("platform")),
        port=up.free_port(),
        prefect_port=up.free_port(),
        master_key=MASTER_KEY,
        lease_seconds=10,
        outbound_allow="127.0.0.0/8",
    )


@pytest.fixture(scope="session")
def platform(settings: Settings) -> Iterator[up.Platform]:
    """The running platform."""
    up.ensure_master_key(settings)
    with up.Platform(settings, print) as running:
        yield running


@pytest.fixture(scope="session")
def client(platform: up.Platform) -> Client:
    """A client with a token, and the small catalogue loaded."""
    made = Client(platform.settings.api_url)
    made.login(MASTER_KEY)
    catalogue.load(made, lambda: None)
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver on this machine."""
    with Receiver() as listening:
        yield listening


@pytest.fixture(scope="session")
def photos() -> Path:
    """The shelf photos of the repository."""
    return Path(__file__).parents[1] / "data/shelves"
