"""A 201 is on disk: seen from outside, with strace."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.chaos.fsync_audit import BLOB, DATABASE, FOLDER, SCENE, UPLOAD, strace, synced_before_201
from demo.client import API
from tests.chaos.server import photo, serving

SCENES = int(os.environ.get("AUDIT_SCENES", "3"))  # `make chaos`: 50
# Defences taken away in a process that finds these as its sitecustomize.
FILES_UNSYNCED = "import os; os.fsync = lambda _: None"
DATABASE_UNSYNCED = """
import sqlite3.dbapi2
class Lazy(sqlite3.Connection):
    def execute(self, statement, *more):
        return super().execute(statement.replace("= FULL", "= NORMAL"), *more)
real = sqlite3.dbapi2.connect
sqlite3.dbapi2.connect = lambda *args, **more: real(*args, **{"factory": Lazy} | more)
"""

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="install strace")


def traced(folder: Path, without: str = "") -> list[set[str]]:
    """What was synced before each 201 of some uploads and scenes, in turn."""
    (folder / "sitecustomize.py").write_text(without)
    trace = folder / "trace"
    with serving(folder, PYTHONPATH=str(folder)) as server, _strace(server.pid, trace):
        for number in range(SCENES):
            images = [server.client.upload(photo(folder, number))]
            server.client.post(f"{API}/recognize/", json={"images": images})
    return synced_before_201(trace.read_text().splitlines(), server.settings.data_dir)


@contextmanager
def _strace(pid: int, out: Path) -> Iterator[None]:
    """Follow the process for a block."""
    with subprocess.Popen(strace(pid, out), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = process.stderr.readline()
        if "Operation not permitted" in line:
            pytest.skip("strace may follow no process here")
        yield
        process.terminate()


def test_a_201_is_on_disk(tmp_path: Path):
    """Bytes, folder and database of a photo, the database of a scene, each before its answer."""
    answered = traced(tmp_path)

    assert 2 * SCENES == len(answered)
    assert all(answered[number] >= UPLOAD for number in range(0, 2 * SCENES, 2))
    assert all(answered[number] >= SCENE for number in range(1, 2 * SCENES, 2))


@pytest.mark.parametrize(
    ("without", "missing"),
    [(FILES_UNSYNCED, {BLOB, FOLDER}), (DATABASE_UNSYNCED, {DATABASE})],
    ids=["files", "database"],
)
def test_the_audit_sees_what_is_not_synced(tmp_path: Path, without: str, missing: set[str]):
    """Take a sync away, and the audit misses it."""
    uploads = traced(tmp_path, without)[::2]

    assert SCENES == len(uploads)
    assert all(missing.isdisjoint(synced) for synced in uploads)
