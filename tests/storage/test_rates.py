"""At most so many in any window, exactly."""

from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage import rates, tables
from storage.rates import WINDOW, Taken
from storage.records import Records

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = 5


def take(records: Records, seconds: float, *, bucket: str = "a", limit: int = LIMIT) -> Taken:
    """Ask for a place some seconds after NOW."""
    with records.light_transaction() as tx:
        return rates.take(tx, bucket, limit, now=NOW + timedelta(seconds=seconds))


def test_a_place_is_free_again_after_a_minute(records: Records):
    """The sixth waits for the first; who waits as told gets it."""
    given = [take(records, n) for n in range(6)]

    assert [True] * 5 + [False] == [taken.accepted for taken in given]
    assert [4, 3, 2, 1, 0, 0] == [taken.left for taken in given]
    assert timedelta(seconds=55) == given[-1].wait
    assert take(records, 60).accepted
    assert not take(records, 60).accepted


def test_buckets_do_not_know_each_other(records: Records):
    """What one takes, another one has."""
    for _ in range(LIMIT + 1):
        take(records, 0)

    assert take(records, 0, bucket="b").accepted


def test_old_buckets_are_forgotten(records: Records):
    """Those whose minute is over, and no others."""
    take(records, 0, bucket="old")
    take(records, 30, bucket="new")

    with records.transaction() as tx:
        rates.forget_old(tx, now=NOW + WINDOW)
    with records.reading() as tx:
        assert ["new"] == list(tx.scalars(select(tables.rates.c.bucket)))


@given(gaps=st.lists(st.floats(0, 30), min_size=1, max_size=60))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_window_ever_holds_more(records: Records, gaps: list[float]):
    """Whenever requests come, also around the border of two minutes."""
    bucket, at, accepted = uuid4().hex, 0.0, []
    for gap in gaps:
        at += gap
        if take(records, at, bucket=bucket).accepted:
            accepted.append(at)
        assert sum(at - 60 < one <= at for one in accepted) <= LIMIT


def test_two_processes_take_one_hundred_of_four_thousand(records_url: str):
    """Each asks two thousand times."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        accepted = list(pool.map(_ask, [records_url] * 2, [2000] * 2))

    assert 100 == sum(accepted)
    records = Records(records_url)
    with records.reading() as tx:
        assert 1 == tx.scalar(select(func.count()).select_from(tables.rates))
    records.close()


def _ask(url: str, times: int) -> int:
    records, accepted = Records(url), 0
    for _ in range(times):
        with records.light_transaction() as tx:
            accepted += rates.take(tx, "a", 100, now=NOW).accepted
    records.close()
    return accepted
