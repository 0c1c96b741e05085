"""The peer of `make bench-accept`: bare Litestar handlers that make durable what they are sent.

The same framework, server and disk: the photo as a file, fsynced with its folder, and one row
committed to SQLite at FULL. No token, no limit, no look at the photo, no link, no log.
"""

import os
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Annotated
from uuid import uuid4

from litestar import Litestar, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Struct
from psutil import Process

import up

FOLDER = "BARE_FOLDER"
_local = threading.local()


class Made(Struct):
    """The id of what was stored."""

    id: int


class Asked(Struct):
    """A scene, as far as a bare handler reads it."""

    images: list[int]
    report_types: list[str]


def app() -> Litestar:
    """Make the application."""
    return Litestar([upload, recognize], request_max_body_size=30_000_000, openapi_config=None)


@post("/uploads")
async def upload(
    data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Made:
    """Store a file and its row."""
    return await sync_to_thread(_store, await data.read())


@post("/recognize", sync_to_thread=True)
def recognize(data: Asked) -> Made:
    """Store a row."""
    return Made(_row(repr(data.images)))


def _store(data: bytes) -> Made:
    folder = Path(os.environ[FOLDER])
    path = folder / uuid4().hex
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return Made(_row(path.name))


def _row(name: str) -> int:
    """Commit one row; a thread keeps its connection."""
    if not hasattr(_local, "rows"):
        _local.rows = sqlite3.connect(
            Path(os.environ[FOLDER]) / "bare.db", timeout=30, isolation_level=None
        )
        _local.rows.execute("PRAGMA journal_mode = WAL")
        _local.rows.execute("PRAGMA synchronous = FULL")
        _local.rows.execute(
            "CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
        )
    return int(_local.rows.execute("INSERT INTO files (name) VALUES (?)", [name]).lastrowid)


@contextmanager
def running() -> Iterator[tuple[int, Process]]:
    """Start it under the server that the API has; its port and its process."""
    port = up.free_port()
    options = "-m granian --interface asgi --factory --no-ws --workers 1 --respawn-failed-workers"
    listen = ["--port", str(port), "--log-level", "warning"]
    command = [sys.executable, *options.split(), *listen, "bench.door.bare:app"]
    with tempfile.TemporaryDirectory(prefix="gondola-bare-") as folder:
        process = Popen(command, env={**os.environ, FOLDER: folder})  # noqa: S603  our own
        try:
            while not up.taken("127.0.0.1", port):
                pass
            yield port, Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)
