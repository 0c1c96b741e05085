"""The n-th crossing of every seam, killed, broken or delayed, for every n that there is.

Source: SQLite's own tests, "fail the n-th operation until the run completes untouched".
"""

import multiprocessing
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.chaos import life
from demo.receiver import Receiver
from settings import Settings
from storage import migrate
from storage.failpoints import DELAY_SECONDS

LATER = timedelta(hours=2)  # every lease is over
ELSEWHERE = {  # crossed by none of these lives -> by what
    "merged facts written": "only the nightly compact-facts crosses it",
    "run claimed": "only a worker of Prefect crosses it",
    "work failed": "only after another seam broke something",
}
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["bench.chaos.life"])


@dataclass(frozen=True)
class Case:
    """One life with one failpoint: how it ended and what is wrong after the recovery."""

    seam: str
    nth: int
    action: str
    reached: bool
    violations: list[str]


@dataclass(frozen=True)
class Rig:
    """Where lives are lived: a folder with models and a migrated database, a receiver."""

    folder: Path
    models: Path
    template: Path
    webhook: str

    def settings(self, name: str) -> Settings:
        """A platform of its own, with an empty, migrated database."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(self.template, folder / "records.db")
        return life.settings(folder, self.models)


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """Make what every life needs."""
    template = folder / "template.db"
    migrate.upgrade(f"sqlite:///{template}")
    with Receiver() as receiver:
        yield Rig(folder, life.write_models(folder / "models"), template, receiver.url)


def crossings(ours: Rig) -> list[str]:
    """The seams one undisturbed life crosses, in order."""
    settings, log = ours.settings("untouched"), ours.folder / "crossings"
    log.unlink(missing_ok=True)
    _run(life.live, settings, ours.webhook, {"log": str(log)})
    assert judged(settings) == [], "an undisturbed life breaks an invariant"  # noqa: S101
    return log.read_text().splitlines()


def disturb(ours: Rig, seam: str, nth: int, action: str, off: str = "") -> Case:
    """Live a life with the failpoint armed, recover, judge; perhaps without a defence."""
    settings = ours.settings("disturbed")
    failpoint = {"seam": seam, "nth": nth, "action": action}
    first = _start(life.live, settings, ours.webhook, failpoint, off)
    if action == "delay":  # meanwhile another worker takes over, whose clock is hours ahead
        time.sleep(DELAY_SECONDS / 2)
        _run(life.recover, settings, LATER, off)
    first.join()
    reached = first.exitcode == -signal.SIGKILL or action != "kill"
    recovered = _run(life.recover, settings, 2 * LATER, off)
    violations = judged(settings) + ([] if recovered == 0 else ["the recovery failed"])
    shutil.rmtree(settings.data_dir)
    return Case(seam, nth, action, reached, violations)


def sweep(ours: Rig, seams: dict[str, int], actions: list[str]) -> Iterator[Case]:
    """Disturb every crossing of these seams.

    Args:
        ours: the rig.
        seams: seam -> how often an undisturbed life crosses it.
        actions: kill, raise, delay.
    """
    for seam, times in seams.items():
        for action in actions:
            for nth in range(1, times + 1):
                yield disturb(ours, seam, nth, action)


def judged(settings: Settings) -> list[str]:
    """What is wrong with the records and objects."""
    ours, theirs = _forks.Pipe()
    process = _start(life.judge, settings, theirs)
    theirs.close()
    violations: list[str] = _receive(ours)
    process.join()
    return violations


def _receive(answer: Connection) -> list[str]:
    try:
        return answer.recv()
    except EOFError:
        return ["the records could not be judged"]


def _start(do: Callable[..., None], *arguments: Any) -> Any:
    process = _forks.Process(target=do, args=arguments)
    process.start()
    return process


def _run(do: Callable[..., None], *arguments: Any) -> int:
    process = _start(do, *arguments)
    process.join()
    return process.exitcode
