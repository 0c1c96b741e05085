"""Faults that kill nobody: what the platform stands on fails for a while, under load.

Nothing is lost, no part ends by itself, and afterwards scenes are finished without a restart.
"""

import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

import up
from bench.chaos import storm
from bench.chaos.herd import Herd, kill
from bench.chaos.load import Load
from bench.chaos.readiness import Readiness
from bench.chaos.wrong_clock import WrongClock
from settings import Settings
from tests.chaos import proxy
from tests.chaos.proxy import Proxy
from tests.storage.swift_server import SwiftServer

GOOD = 3  # scenes that are finished before a fault, and after it
GOOD_SECONDS = 120  # for them
STOPS, STOP_SECONDS = 20, 30
HOUR = 3600  # seconds
STORE_FAULTS = (proxy.REFUSE, proxy.HANG, proxy.RESET, proxy.TRUNCATE, proxy.FLIP, proxy.DRIP)

Fail = Callable[[], list[str]]  # fails for a while; what was wrong about it
Fault = Callable[[Settings, float], AbstractContextManager[tuple[Herd, Fail]]]


def run(name: str, settings: Settings, seconds: float, seed: int) -> dict[str, Any]:
    """Let one of FAULTS happen; what came of it."""
    wrong, ready = list[str](), Readiness(settings.api_url)
    with FAULTS[name](settings, seconds) as (herd, fail):
        trouble = partial(_happen, fail, ready, wrong)
        outcome = storm.run(herd.settings, herd, trouble, seed)
        wrong += [f"F1 {line} (nobody ended it)" for line in herd.ended]
    told = storm.told(outcome) | ready.told()
    return told | {"violations": told["violations"] + wrong}


def _happen(fail: Fail, ready: Readiness, wrong: list[str], herd: Herd, load: Load) -> None:
    """Scenes are finished, the fault comes and goes, scenes are finished again."""
    wrong += _finished(herd, load, "before")
    with ready.watched():
        wrong += fail()
    wrong += _finished(herd, load, "after")


def _finished(herd: Herd, load: Load, when: str) -> list[str]:
    until, wanted = time.monotonic() + GOOD_SECONDS, load.complete + GOOD
    while load.complete < wanted:
        if time.monotonic() > until:
            return [f"F2 {when} the fault nothing was finished in {GOOD_SECONDS} s"]
        time.sleep(0.2)
        herd.watch()
    return []


@contextmanager
def locked(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """Somebody else holds the write lock of the database."""

    def fail() -> list[str]:
        with closing(sqlite3.connect(settings.data_dir / "records.db", timeout=60)) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
        return []

    yield Herd(settings), fail


@contextmanager
def clock(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """Every clock goes forward by an hour, and later back again."""
    wrong, herd = WrongClock(settings.data_dir), Herd(settings)
    for part in herd.parts:
        part.environment = {**part.environment, **wrong.environment}

    def fail() -> list[str]:
        wrong.set(HOUR)
        time.sleep(seconds)
        wrong.set(0)
        return []

    yield herd, fail


@contextmanager
def objects(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """An S3 server refuses, hangs, resets, cuts short, flips bytes and drips, one by one."""
    server = SwiftServer(settings.data_dir)
    server.start()
    try:
        with Proxy(server.endpoint) as between:
            url = server.url("chaos").replace(server.endpoint, between.address)

            def fail() -> list[str]:
                for mode in STORE_FAULTS:
                    between.mode = mode
                    time.sleep(seconds / len(STORE_FAULTS))
                between.mode = proxy.PASS
                return []

            yield Herd(msgspec.structs.replace(settings, objects=url)), fail
    finally:
        server.stop()


@contextmanager
def disk(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """No file of API and worker may grow."""
    herd = Herd(settings)

    def fail() -> list[str]:
        pids = [pid for part in herd.parts if part.name != up.PREFECT for pid in _pids(part)]
        most = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
        for pid, (_, hard) in most.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        time.sleep(seconds)
        for pid, before in most.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        return []

    yield herd, fail


def _pids(part: up.Part) -> list[int]:
    """The part and its children: it leads a group of processes."""
    assert part.process  # noqa: S101  it was started
    everyone = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in everyone if os.getpgid(pid) == part.process.pid]


@contextmanager
def prefect(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """The Prefect server is killed and comes back after a while."""
    herd = Herd(settings)

    def fail() -> list[str]:
        (server,) = herd.named(up.PREFECT)
        kill(server)
        time.sleep(seconds)
        server.start()
        return []

    yield herd, fail


@contextmanager
def stops(settings: Settings, seconds: float) -> Iterator[tuple[Herd, Fail]]:
    """The API is stopped politely and started again, 20 times."""
    herd = Herd(settings)

    def fail() -> list[str]:
        (api,), wrong = herd.named("api"), list[str]()
        for number in range(1, STOPS + 1):
            began = time.monotonic()
            api.ask_to_end()
            api.wait_for_end()
            took, code = time.monotonic() - began, api.process.returncode  # type: ignore[union-attr]
            if code or took > STOP_SECONDS:
                wrong.append(f"F3 stop {number}: exit {code} after {took:.1f} s")
            api.start()
            herd.wait([api], up.START_SECONDS)
            time.sleep(seconds / STOPS)
        return wrong

    yield herd, fail


FAULTS: dict[str, Fault] = {
    "locked": locked,
    "clock": clock,
    "objects": objects,
    "disk": disk,
    "prefect": prefect,
    "stops": stops,
}
