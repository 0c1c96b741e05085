"""The same platform on PostgreSQL and a real S3 server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

import up
from demo import story
from settings import Settings
from storage.objects import open_objects
from tests.storage.postgres_server import PostgresServer
from tests.storage.swift_server import SwiftServer


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a PostgreSQL database and a bucket, both empty."""
    postgres, swift = PostgresServer(), SwiftServer(tmp_path)
    try:
        postgres.start()
        swift.start()
        yield Settings(
            data=str(tmp_path / "data"),
            records=postgres.create("platform"),
            objects=swift.url("platform"),
            port=up.free_port(),
            prefect_port=up.free_port(),
            master_key="other-stores-master-key",
            outbound_allow="127.0.0.0/8",
        )
    finally:
        swift.stop()
        postgres.stop()


@pytest.mark.servers
def test_the_whole_path_on_postgresql_and_s3(settings: Settings):
    """The demo's two scenes are READY, and photos and facts lie in the bucket."""
    up.ensure_master_key(settings)
    with up.Platform(settings, print):
        ready = story.tell(settings, Console(quiet=True))
    objects = open_objects(settings.objects_url)
    kinds = {key.split("/")[0] for key in objects.list("")}
    objects.close()

    assert ready
    assert kinds >= {"images", "facts"}
    assert not (settings.data_dir / "objects").exists()
