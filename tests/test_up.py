"""How the processes of one machine are stopped."""

import sys
import time
from pathlib import Path

import pytest

import up
from settings import Settings
from up import Part, Platform

# On SIGTERM it says so, and ends when all it waits for said so, too.
PROCESS = """
import os, signal, sys, time
name, *others = sys.argv[1:]
def end(*_):
    open(name + ".asked", "x").close()
    while not all(os.path.exists(other + ".asked") for other in others):
        time.sleep(0.01)
    folder = os.path.dirname(name)
    sys.exit(len([one for one in os.listdir(folder) if one.endswith(".asked")]))
signal.signal(signal.SIGTERM, end)
open(name + ".ready", "x").close()
while True:
    time.sleep(1)
"""


def part(folder: Path, name: str, *others: str) -> Part:
    """A process that ends only after the others were asked to."""
    command = [sys.executable, "-c", PROCESS, *(str(folder / one) for one in (name, *others))]
    ready = (folder / f"{name}.ready").exists
    return Part(name, command, {}, ready, folder / f"{name}.log")


def test_api_and_worker_end_side_by_side_and_prefect_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Listeners of the API and runs of the worker are waited for once, not one after the other."""
    monkeypatch.setattr(up, "STOP_SECONDS", 10)
    platform = Platform(Settings(data=str(tmp_path)), print)
    platform.parts = [
        part(tmp_path, "prefect", "api", "worker"),
        part(tmp_path, "api", "worker"),
        part(tmp_path, "worker", "api"),
    ]
    for one in platform.parts:
        one.start()
    while not all(one.ready() for one in platform.parts):
        time.sleep(0.01)

    platform.stop()
    codes = [one.process.returncode for one in platform.parts if one.process]

    assert [3, 2, 2] == codes  # how many had been asked when it ended
