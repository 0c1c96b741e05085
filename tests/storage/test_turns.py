"""What only one process may do at a time."""

from datetime import timedelta

from storage import turns, work
from storage.records import Records
from storage.turns import COMPACT_FACTS
from tests.storage.processes import run_together
from tests.storage.rows import NOW

LEASE = timedelta(minutes=1)


def begin(records: Records, owner: str, *, after: timedelta = timedelta()) -> work.Work | None:
    """Try to take the turn."""
    with records.transaction() as tx:
        return turns.begin(tx, COMPACT_FACTS, owner=owner, now=NOW + after, lease=LEASE)


def test_a_turn_is_one_process_at_a_time(records: Records) -> None:
    """Who comes while another has it does not get it; when that one is done, the next does."""
    first, second = begin(records, "a"), begin(records, "b")
    assert first
    with records.transaction() as tx:
        work.finish(tx, first.id, now=NOW)
    third = begin(records, "b")

    assert second is None
    assert third
    assert ("b", 1) == (third.owner, third.tries)


def test_the_turn_of_a_dead_process_is_taken_over(records: Records) -> None:
    """Once its lease has run out; until then nobody knows that it is dead."""
    begin(records, "dead")

    assert begin(records, "b", after=LEASE / 2) is None
    assert begin(records, "b", after=LEASE)


def test_of_processes_that_begin_at_once_one_has_the_turn(
    records_url: str, records: Records
) -> None:
    """Six at the same moment, the row may be there or not."""
    imports = (
        "from datetime import UTC, datetime, timedelta; from storage import turns\n"
        "from storage.records import Records"
    )
    code = (
        "records, options = Records(sys.argv[1]), {'lease': timedelta(minutes=1), 'owner': 'x'}\n"
        "with records.transaction() as tx:\n"
        "    turn = turns.begin(tx, 'compact-facts', now=datetime.now(UTC), **options)\n"
        "print('mine' if turn else '')\n"
        "records.close()\n"
    )

    assert ["mine"] == [one for one in run_together(imports, code, records_url, count=6) if one]
