"""How the embedded Prefect server is set up."""

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.dialects import plugins
from sqlalchemy.pool import QueuePool

from flows import server
from settings import Settings


def test_prefect_queues_for_one_connection(tmp_path: Path):
    """The plugin named in the database URL makes the pool, and is gone from the URL."""
    plugins.register(server.PLUGIN, "flows.server", server.OneConnection.__name__)
    engine = create_engine(f"sqlite:///{tmp_path}/prefect.db?plugin={server.PLUGIN}")

    assert isinstance(engine.pool, QueuePool)
    assert (1, -1) == (engine.pool.size(), engine.pool.overflow())
    assert "plugin" not in str(engine.url)


def test_nothing_is_told_to_anybody(tmp_path: Path):
    """Server and clients send no usage data."""
    settings = Settings(data=str(tmp_path))

    for environment in (server.server_environment(settings), server.client_environment(settings)):
        assert "1" == environment["DO_NOT_TRACK"]
        assert "false" == environment["PREFECT_SERVER_ANALYTICS_ENABLED"]


def test_prefect_keeps_its_files_in_the_data_folder(tmp_path: Path):
    """Nothing is written to the home of whoever starts it."""
    environment = server.server_environment(Settings(data=str(tmp_path)))

    assert str(tmp_path / "prefect") == environment["PREFECT_HOME"]
    assert f"{tmp_path}/prefect/prefect.db" in environment[server.DATABASE]
