"""Transactions on both engines."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, StatementError

from storage import images, migrate, tables, tokens
from storage.errors import NotFound, RecordsUnavailable
from storage.records import Records
from tests.storage.rows import NOW, upload


def test_what_a_transaction_did_is_there_afterwards(records: Records) -> None:
    """A transaction commits at its end."""
    with records.transaction() as tx:
        photo = upload(tx)

    with records.reading() as tx:
        assert photo == images.get(tx, photo.id)


def test_a_transaction_that_raises_leaves_nothing(records: Records) -> None:
    """An exception inside a transaction undoes all of it."""
    with pytest.raises(NotFound), records.transaction() as tx:
        images.get(tx, upload(tx).id + 1)

    with records.reading() as tx:
        assert [] == tx.execute(select(tables.images.c.id)).all()


def test_a_reader_does_not_wait_for_a_writer(records: Records) -> None:
    """While a transaction is open, readers see what was committed before it."""
    with records.transaction() as writer, records.reading() as reader:
        upload(writer)

        assert [] == reader.execute(select(tables.images.c.id)).all()


def test_a_reader_sees_one_state(records: Records) -> None:
    """What others commit while somebody reads is not seen half-way."""
    everything = select(tables.images.c.id)
    with records.reading() as reader:
        before = reader.execute(everything).all()
        with records.transaction() as writer:
            upload(writer)

        assert before == reader.execute(everything).all()


def test_a_row_that_names_a_missing_row_is_refused(records: Records) -> None:
    """Foreign keys are enforced on every connection."""
    attempt = {"message_id": 1, "at": NOW, "milliseconds": 1.0}

    with pytest.raises(IntegrityError), records.transaction() as tx:
        tx.execute(tables.attempts.insert().values(attempt))


def test_times_come_back_as_the_same_moment_in_utc(records: Records) -> None:
    """A time of another zone is the same moment, to the microsecond, in UTC."""
    moscow = NOW.astimezone(timezone(timedelta(hours=3)))
    with records.transaction() as tx:
        tokens.issue(tx, now=moscow, life=timedelta(days=1))
        read = tx.execute(select(tables.tokens.c.created_at)).scalar_one()

    assert (NOW, "UTC") == (read, str(read.tzinfo))


def test_a_time_without_a_zone_is_refused(records: Records) -> None:
    """A naive datetime never reaches the records."""
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 (what the test is about)

    with pytest.raises(StatementError, match="no time zone"), records.transaction() as tx:
        tokens.issue(tx, now=naive, life=timedelta(days=1))


def test_an_id_is_never_used_twice(records: Records) -> None:
    """The id of a deleted row stays taken: clients may still hold it."""
    with records.transaction() as tx:
        first = upload(tx)
        tx.execute(delete(tables.images))
        second = upload(tx)

    assert second.id > first.id


def test_sqlite_survives_power_loss(tmp_path: Path) -> None:
    """Every SQLite connection writes ahead and syncs at each commit."""
    records = Records(f"sqlite:///{tmp_path}/records.db")
    with records.reading() as one, records.reading() as two:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        answers = [
            tuple(tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked)
            for tx in (one, two)
        ]
    records.close()

    assert [("wal", 2, 1, 30_000)] * 2 == answers


def test_a_writer_that_waits_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another transaction on SQLite does not end, the second one gives up."""
    monkeypatch.setattr("storage.records.BUSY_SECONDS", 0.1)
    one, two = (Records(f"sqlite:///{tmp_path}/records.db") for _ in range(2))
    waiting = two.transaction()

    with one.transaction(), pytest.raises(RecordsUnavailable, match="locked"):
        waiting.__enter__()
    one.close()
    two.close()


def test_a_database_nobody_answers_is_unavailable() -> None:
    """A closed port is an error of ours, not of the driver."""
    records = Records("postgresql+psycopg://postgres@127.0.0.1:9/none?connect_timeout=2")
    reading = records.reading()

    with pytest.raises(RecordsUnavailable, match="refused"):
        reading.__enter__()
    records.close()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/db", "postgresql+psycopg://x@127.0.0.1:1/x"]
)
def test_a_wrong_or_silent_database_is_unavailable(url: str):
    """The migration at the start says so in our words, not in the driver's."""
    with pytest.raises(RecordsUnavailable):
        migrate.upgrade(url)
