"""How much slower live scenes are while history is recognised again: `live_slowdown`.

A platform whose worker recognises old scenes of two 8 MP photos again, all the time. Live scenes of
two such photos come seconds apart, in pairs: for one of the two the processes that do history are
stopped (SIGSTOP), for the other they go on; which is first alternates. Told is the median of the
ratios beside / alone, less one, of the seconds from POST to the last report (`?wait`): pairs lie
seconds apart, so that what else the machine does burdens both alike. On a machine that is busy with
other things history stands still, as it has the lowest priority: then the ratio says little.

`python -m bench.data.live_first`: 20 pairs, about five minutes on two idle cores.
"""

import argparse
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import urllib3
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import select

from bench.data.results import merge
from bench.photos import enlarged_cans
from bench.platform import machine, running_platform
from demo.client import API, Client
from flows.history_plan import Asked, make_plan, name_batch, note_plan
from flows.resources import Resources
from settings import Settings
from storage import history, tables
from storage.history import RECOGNISE_AGAIN, Progress, Wanted
from storage.work import OPEN

REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
PAUSE = 2.0  # seconds between live scenes: history gets its turn in them
ENOUGH = 4  # scenes of history that a pair is not likely to use up
DISPLAY = 1  # of the old scenes
LIMIT = 0.20
console = Console(highlight=False)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--old", type=int, default=20, help="scenes of history")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_platform(folder) as (settings, client):
        photos = enlarged_cans(settings.data_dir / "photos")
        images = [client.upload(path) for path in photos]
        for _ in track(range(asked.old), "Old scenes", console=console):
            _scene(client, images, display=DISPLAY)
        history_again = _History(settings)
        pairs = [_pair(client, images, history_again, n) for n in range(asked.pairs)]
        again = history_again.count()
    _tell(pairs, again)


def _pair(
    client: Client, images: list[int], history_again: "_History", number: int
) -> tuple[float, float]:
    """Seconds of a live scene alone, and of one beside history."""
    history_again.keep_busy()
    found: dict[bool, float] = {}
    for beside in (True, False) if number % 2 else (False, True):
        with history_again.stopped(not beside):
            time.sleep(PAUSE)
            found[beside] = _scene(client, images)
    console.print(f"pair {number + 1}: {found[False]:.2f} s alone, {found[True]:.2f} s beside")
    return found[False], found[True]


class _History:
    """Has the old scenes done again and again, and stops who does it."""

    def __init__(self, settings: Settings) -> None:
        self._tools, self._settings = Resources(settings), settings
        self._batch, self.done = "", 0

    def keep_busy(self) -> None:
        """Ask for all old scenes when few are left; return when somebody works on one."""
        if self._progress().open < ENOUGH:
            self.done += self._progress().over
            at = datetime.now(UTC)
            self._batch = name_batch(at)
            everything = Asked("recognition", Wanted(display=DISPLAY), everything=True)
            plan = make_plan(self._tools, everything)
            note_plan(self._tools, plan, batch=self._batch, now=at)
            self._nudge()
        _wait(lambda: bool(self._pids()))

    def count(self) -> int:
        """Scenes done again so far."""
        return self.done + self._progress().over

    @contextmanager
    def stopped(self, wanted: bool) -> Iterator[None]:
        """Stop the processes that do history while the block runs, if wanted."""
        pids = self._pids() if wanted else []
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _progress(self) -> Progress:
        with self._tools.records.reading() as tx:
            return history.progress(tx, [self._batch])

    def _pids(self) -> list[int]:
        """Processes that hold scenes of history: owners of leases are host:pid:token."""
        table = tables.work.c
        held = (table.flow == RECOGNISE_AGAIN) & (table.state == OPEN) & table.owner.is_not(None)
        with self._tools.records.reading() as tx:
            owners = tx.scalars(select(table.owner).where(held).distinct()).all()
        return [int(owner.split(":")[1]) for owner in owners]

    def _nudge(self) -> None:
        api = self._settings.prefect_api_url
        found = urllib3.request("GET", f"{api}/deployments/name/reprocess-scenes/warm").json()
        urllib3.request("POST", f"{api}/deployments/{found['id']}/create_flow_run", json={})


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        time.sleep(0.5)


def _scene(client: Client, images: list[int], display: int | None = None) -> float:
    """Post a scene and wait for its reports; seconds."""
    began = time.monotonic()
    body = {"images": images, "report_types": REPORT_TYPES, "display": display}
    reply = client.post(f"{API}/recognize/?wait=60", json=body)
    assert "results" in reply, "a live scene took more than a minute"  # noqa: S101 - a bench
    return time.monotonic() - began


def _tell(pairs: list[tuple[float, float]], again: int) -> None:
    slowdown = statistics.median(beside / alone for alone, beside in pairs) - 1
    table = Table("live scenes", "median s", "mean s", "worst s", box=None)
    for name, found in zip(("alone", "beside history"), zip(*pairs, strict=True), strict=True):
        figures = (statistics.median(found), statistics.mean(found), max(found))
        table.add_row(name, *(f"{one:.2f}" for one in figures))
    console.print(table)
    console.print(f"{again} scenes of history were done meanwhile")
    console.print(f"live scenes are slowed by {slowdown:.0%} (limit {LIMIT:.0%}), on {machine()}")
    alone = statistics.median(one for one, _ in pairs)
    figures = {"live_slowdown": round(slowdown, 3), "live_alone_s": round(alone, 2)}
    merge({**figures, "live_beside_history_scenes": again})


if __name__ == "__main__":
    main()
