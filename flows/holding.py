"""Holding a piece of work: claim it, keep its lease alive, and say how it ended.

Prefect marks nothing when a process is killed; the lease does. Whoever finds it run out goes on.
"""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from flows.cause import because_of
from flows.outcome import write_down
from flows.resources import Resources, now
from storage import failpoints, work
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable
from storage.records import Transaction
from storage.work import Work

log = logging.getLogger("gondola.flows")

TRIES = 5
BACK_OFF = timedelta(seconds=5)  # doubles with every try
RENEWALS = 3  # per lease
AWAY = (ObjectStoreUnavailable, RecordsUnavailable)  # no fault of the work: not counted as a try
AWAY_AGAIN = timedelta(seconds=15)

GiveUp = Callable[[str], None]


@contextmanager
def held(
    resources: Resources, flow: str, subject_id: int, *, revision: int, give_up: GiveUp
) -> Generator[Work | None]:
    """Claim the work and hold it while the block runs; None when it is done or somebody else's.

    The rest as `kept`.
    """
    with resources.records.transaction() as tx:
        claimed = work.claim(
            tx,
            flow,
            subject_id,
            revision=revision,
            owner=resources.owner,
            now=now(),
            lease=resources.lease,
        )
    pieces = [claimed] if claimed else []
    with kept(resources, pieces, give_up=lambda _, problem: give_up(problem)) as mine:
        yield mine[0] if mine else None


@contextmanager
def kept(
    resources: Resources, claimed: list[Work], *, give_up: Callable[[Work, str], None]
) -> Generator[list[Work]]:
    """Hold claimed work while the block does it, all pieces in one go; they have one cause.

    A block that raises gives the work back for another try later; after the last try `give_up`
    is told the problem and the work is over. The exception goes on, so that Prefect shows it.
    While a store is away it waits, for as long as that takes.
    Work whose every try ended with the death of its worker is given up as well.
    """
    mine = [one for one in claimed if one.tries <= TRIES]
    for one in claimed:
        if one.tries > TRIES:
            _failed(resources, one, f"{TRIES} workers died over this.", give_up)
    if not mine:
        yield []
        return
    with because_of(mine[0]):
        try:
            with _renewed(resources, mine):
                failpoints.hit("work claimed")
                yield mine
                failpoints.hit("work done")
        except Exception as error:
            for one in mine:
                log.exception("work_failed", extra={"subject": one.subject_id, "tries": one.tries})
                problem = f"{type(error).__name__}: {error}"
                if isinstance(error, AWAY):
                    _wait(resources, one, problem)
                else:
                    _failed(resources, one, problem, give_up)
            raise
        write_down(resources, lambda tx: _finish(tx, mine))
        failpoints.hit("work finished")


def _finish(tx: Transaction, mine: list[Work]) -> None:
    for one in mine:
        work.finish(tx, one.id, now=now())


@contextmanager
def _renewed(resources: Resources, claimed: list[Work]) -> Generator[None]:
    """Renew the lease in the background; a database that is away for a moment ends nothing."""
    over = Event()

    def renew() -> None:
        while not over.wait(resources.lease.total_seconds() / RENEWALS):
            with suppress(RecordsUnavailable), resources.records.transaction() as tx:
                for one in claimed:
                    work.renew(tx, one.id, owner=resources.owner, now=now(), lease=resources.lease)

    thread = Thread(target=renew, name=f"lease-{claimed[0].id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _wait(resources: Resources, claimed: Work, problem: str) -> None:
    """Give the work back as if it had not been tried."""
    later = now() + AWAY_AGAIN
    untried = partial(work.retry, held=claimed, due_at=later, problem=problem, counts=False)
    write_down(resources, untried)


def _failed(
    resources: Resources, claimed: Work, problem: str, give_up: Callable[[Work, str], None]
) -> None:
    failpoints.hit("work failed")
    if claimed.tries >= TRIES:
        give_up(claimed, problem)
        write_down(resources, lambda tx: work.give_up(tx, claimed.id, problem=problem))
        return
    due_at = now() + BACK_OFF * 2 ** (claimed.tries - 1)
    write_down(resources, lambda tx: work.retry(tx, claimed, due_at=due_at, problem=problem))
