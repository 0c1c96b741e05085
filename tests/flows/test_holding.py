"""Work is held by a lease, given back when it fails, and given up in the end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from flows.holding import TRIES, held
from flows.resources import Resources, now
from settings import Settings
from storage import migrate, work
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable
from storage.work import Work

Lock = Callable[[Resources], None]


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Resources]:
    """Resources of a worker with one piece of work to do."""
    settings = Settings(data=str(tmp_path), lease_seconds=1)
    migrate.upgrade(settings.records_url)
    made = Resources(settings)
    with made.records.transaction() as tx:
        work.enqueue(tx, "recognize-scene", 7, due_at=now())
    yield made
    made.records.close()
    made.objects.close()


def hold(tools: Resources, problems: list[str] | None = None):
    """Hold the piece of work."""
    told = problems if problems is not None else []
    return held(tools, "recognize-scene", 7, revision=1, give_up=told.append)


def due(tools: Resources, later: timedelta = timedelta()) -> list[Work]:
    """What a sweep would find by then."""
    with tools.records.reading() as tx:
        return work.due(tx, now=now() + later, limit=10)


def test_only_one_holds_the_work(tools: Resources):
    """Whoever comes second gets None and leaves it alone."""
    with hold(tools) as first, hold(tools) as second:
        assert first is not None
        assert second is None


def test_finished_work_is_never_held_again(tools: Resources):
    """A second nudge for the same scene finds nothing to do."""
    with hold(tools):
        pass

    with hold(tools) as again:
        assert again is None
    assert [] == due(tools, timedelta(days=30))


def test_a_failure_gives_the_work_back_for_later(tools: Resources):
    """It is not due at once, but soon, with the reason noted; the exception goes on."""
    with pytest.raises(ZeroDivisionError), hold(tools):
        _ = 1 / 0

    assert [] == due(tools)
    assert ["ZeroDivisionError: division by zero"] == [
        one.problem for one in due(tools, timedelta(seconds=6))
    ]


def test_the_last_failure_gives_the_work_up(tools: Resources):
    """After so many tries `give_up` is told, once, and nothing is due any more."""
    problems: list[str] = []
    for _ in range(TRIES):
        with tools.records.transaction() as tx:  # its time has come
            for one in work.due(tx, now=now() + timedelta(days=1), limit=1):
                work.retry(tx, one, due_at=now(), problem="")
        with pytest.raises(ZeroDivisionError), hold(tools, problems):
            _ = 1 / 0

    assert ["ZeroDivisionError: division by zero"] == problems
    assert [] == due(tools, timedelta(days=30))


def test_work_that_kills_its_workers_is_given_up(tools: Resources):
    """A scene that takes the process down each time must not go round for ever."""
    problems: list[str] = []
    for _ in range(TRIES):
        with (
            tools.records.transaction() as tx
        ):  # claimed by a process that was never heard of again
            dead = {"owner": "dead", "now": now(), "lease": timedelta(microseconds=1)}
            assert work.claim(tx, "recognize-scene", 7, revision=1, **dead)

    with hold(tools, problems) as after:
        assert after is None
    assert [f"{TRIES} workers died over this."] == problems
    assert [] == due(tools, timedelta(days=30))


def test_the_lease_is_renewed_while_the_work_goes_on(tools: Resources):
    """Work that takes longer than a lease is not handed to another."""
    with hold(tools):
        free = [due(tools) for _ in _until_after(tools.lease * 1.5)]

    assert [] == [one for found in free for one in found]


def _until_after(span: timedelta) -> Iterator[None]:
    end = now() + span
    while now() < end:
        yield


def test_while_a_store_is_away_the_work_waits_untried(tools: Resources):
    """However often it fails because of the store, it is never given up."""
    problems: list[str] = []
    for _ in range(TRIES + 1):
        with tools.records.transaction() as tx:  # its time has come
            for one in work.due(tx, now=now() + timedelta(days=1), limit=1):
                work.retry(tx, one, due_at=now(), problem="")
        with pytest.raises(ObjectStoreUnavailable), hold(tools, problems):
            raise ObjectStoreUnavailable

    assert [] == due(tools)
    assert ([], [0]) == (problems, [one.tries for one in due(tools, timedelta(minutes=1))])


def test_work_that_ends_while_the_records_are_away_is_over(lock_records: Lock, tools: Resources):
    """How it ended is written down as soon as they are back: nobody does it again."""
    tools.lease = timedelta(seconds=20)
    with hold(tools):
        lock_records(tools)

    assert [] == due(tools, timedelta(days=30))


def test_work_that_fails_while_the_records_are_away_is_given_back(
    lock_records: Lock, tools: Resources
):
    """It is due when it would have been, and not when its lease has run out."""
    tools.lease = timedelta(seconds=20)
    with suppress(ZeroDivisionError), hold(tools):
        lock_records(tools)
        _ = 1 / 0

    assert [1] == [one.tries for one in due(tools, timedelta(seconds=6))]


def test_records_are_waited_for_as_long_as_a_lease(lock_records: Lock, tools: Resources):
    """Then the work is free, and the run says why it failed."""
    tools.lease = timedelta(seconds=0.1)
    with pytest.raises(RecordsUnavailable, match="locked"), hold(tools):
        lock_records(tools)

    assert [7] == [one.subject_id for one in due(tools)]
