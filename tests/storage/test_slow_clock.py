"""A clock that a wrong wall clock does not take along."""

from datetime import timedelta

from storage import slow_clock
from storage.records import Records
from tests.storage.rows import NOW

DAY = timedelta(days=1)


def shown(records: Records, *days: float) -> list[float]:
    """What the clock shows, wound on these days; the first is 0."""
    with records.transaction() as tx:
        slow_clock.wind(tx, "ours", now=NOW)
        times = [slow_clock.wind(tx, "ours", now=NOW + DAY * day) for day in days]
    return [(time - NOW) / DAY for time in times]


def test_it_shows_the_time(records: Records) -> None:
    """Wound every day, also when a day was left out or comes late."""
    assert [1, 2, 4, 5.5] == shown(records, 1, 2, 4, 5.5)


def test_a_wall_clock_set_ahead_moves_it_by_two_days(records: Records) -> None:
    """For each day, however often it is wound; and the clock set right sets it right."""
    assert [1, 3, 3, 5, 3] == shown(records, 1, 400, 400, 401, 3)


def test_after_a_time_switched_off_it_comes_back(records: Records) -> None:
    """A day each day, until it shows the time again."""
    assert [1, 3, 5, 7, 8] == shown(records, 1, 5, 6, 7, 8)


def test_a_wall_clock_set_back_takes_it_along(records: Records) -> None:
    """It is never ahead of it."""
    assert [-100, -99] == shown(records, -100, -99)


def test_it_is_not_wound_by_another_name(records: Records) -> None:
    """Each has its own time."""
    with records.transaction() as tx:
        slow_clock.wind(tx, "other", now=NOW)

        assert (NOW, None) == (slow_clock.shows(tx, "other"), slow_clock.shows(tx, "ours"))
