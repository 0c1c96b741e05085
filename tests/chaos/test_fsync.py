"""A 201 is on disk: seen from outside, with strace."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.chaos import life
from bench.chaos.fsync_audit import BLOB, DATABASE, FOLDER, SCENE, UPLOAD, strace, synced_before_201
from demo.client import API, Client
from settings import Settings
from tests.flows.plant import wait_for
from up import answers, environment, free_port

ROOT = Path(__file__).parents[2]
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
    ours = Settings(
        data=str(folder / "data"),
        port=free_port(),
        master_key=life.MASTER_KEY,
        prefect_url="http://127.0.0.1:9/api",
        rate_limit=0,
    )
    with _server(ours, folder) as pid:
        client = Client(ours.api_url)
        client.login(life.MASTER_KEY)
        trace = folder / "trace"
        with _strace(pid, trace):
            for number in range(SCENES):
                photo = folder / f"{number}.jpg"
                photo.write_bytes(life.photo(number))
                client.post(f"{API}/recognize/", json={"images": [client.upload(photo)]})
    return synced_before_201(trace.read_text().splitlines(), ours.data_dir)


@contextmanager
def _server(ours: Settings, sitecustomize: Path) -> Iterator[int]:
    """Run the API; the id of the process that serves."""
    env = environment(ours) | {"PYTHONPATH": str(sitecustomize)}
    process = subprocess.Popen([sys.executable, "-m", "cli", "api"], env=env, cwd=ROOT)
    try:
        wait_for(lambda: answers(f"{ours.api_url}/readyz"))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield int(children[-1])
    finally:
        process.terminate()
        process.wait(30)


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
