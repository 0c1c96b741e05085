"""A process that does history again, scene by scene, while nobody waits for anything else.

`reprocess-scenes` starts it and holds the other end of its standard input: when that closes, the
process hands back what it holds and ends.
"""

import logging
import os
import signal
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

from flows.again import CannotSeeAgain, commit, prepare
from flows.holding import kept
from flows.leaving import leave
from flows.making_way import make_way, step_back
from flows.resources import Resources, now, resources
from storage import work
from storage.work import Work
from telemetry import json_log

log = logging.getLogger("gondola.flows")


def work_through(tools: Resources, kind: str, background: Executor) -> int:
    """Do what is due of a kind until nothing is left that nobody holds; how many were done.

    Args:
        tools: stores and models.
        kind: RECOGNISE_AGAIN or REPORT_AGAIN.
        background: computes; its threads have stepped back.
    """
    done = 0
    while claimed := _next(tools, kind):
        with suppress(Exception):  # it is in the log, and on the row of the work
            do(tools, claimed, background)
            done += 1
    return done


def do(tools: Resources, claimed: Work, background: Executor) -> None:
    """Do one scene again; what can never be done is given up at once."""
    with kept(tools, [claimed], give_up=_forget) as mine:
        if not mine:
            return
        try:
            change = background.submit(prepare, tools, claimed).result()
        except CannotSeeAgain as error:
            with tools.records.transaction() as tx:
                work.give_up(tx, claimed.id, problem=str(error))
            return
        commit(tools, change, claimed)
        made = {"scene_id": claimed.subject_id, "reports": len(change.answers)}
        log.info("scene_again", extra={"flow": claimed.flow, **made})


def _next(tools: Resources, kind: str) -> Work | None:
    make_way(tools)
    with tools.records.light_transaction() as tx:
        found = work.claim_due(tx, kind, owner=tools.owner, now=now(), lease=tools.lease, limit=1)
    return found[0] if found else None


def _forget(_lost: Work, _problem: str) -> None:
    """The scene stays as it was; the row of the work says why."""


def _leave_with_parent(tools: Resources) -> None:
    while os.read(sys.stdin.fileno(), 1):  # no buffer: Python cannot end while one is read
        pass
    leave(tools)


def main(kind: str) -> None:
    """Work through a kind; the environment is that of a worker."""
    for name in (signal.SIGINT, signal.SIGTERM):  # whoever started us decides
        signal.signal(name, signal.SIG_IGN)
    json_log.start()
    tools = resources()
    Thread(target=_leave_with_parent, args=[tools], daemon=True).start()
    with ThreadPoolExecutor(1, initializer=step_back) as background:
        work_through(tools, kind, background)


if __name__ == "__main__":
    main(sys.argv[1])
