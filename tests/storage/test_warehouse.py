"""The warehouse as a file: who may read and change it, what may be asked of it."""

from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

import storage.warehouse
from storage.errors import BadQuery, NoWarehouse, TooManyQuestions, WarehouseBusy
from storage.warehouse import Warehouse
from storage.warehouse_schema import TABLES
from tests.storage.conftest import Refresh
from tests.storage.seen import later, rows


def test_without_a_warehouse_it_says_what_to_do(warehouse: Warehouse) -> None:
    """Asking before the first refresh names the command."""
    with pytest.raises(NoWarehouse, match="gondola warehouse refresh"):
        warehouse.query("SELECT 1")


def test_a_damaged_warehouse_is_made_anew(warehouse: Warehouse, again: Refresh) -> None:
    """A file that is none says so, and the next refresh replaces it."""
    again()
    warehouse.path.write_bytes(b"no database" * 1000)
    with pytest.raises(NoWarehouse, match="refresh it"):
        warehouse.query("SELECT 1")

    assert again().rebuilt


def test_one_refresh_at_a_time(warehouse: Warehouse, again: Refresh) -> None:
    """Another one meanwhile is refused, readers are not."""
    again()
    with warehouse.changing():
        assert 0 == warehouse.rows()["scenes"]
        with pytest.raises(WarehouseBusy):
            again()


def test_a_refresh_that_fails_leaves_it_as_it_was(warehouse: Warehouse, again: Refresh) -> None:
    """Neither the file nor anything beside it changes."""
    again()
    folder = warehouse.path.parent
    before = sorted(folder.iterdir()), _what_is_written(warehouse.path)
    with suppress(ZeroDivisionError), warehouse.changing() as connection:
        connection.execute("DELETE FROM refreshes")
        _ = 1 / 0

    assert before == (sorted(folder.iterdir()), _what_is_written(warehouse.path))


def _what_is_written(path: Path) -> tuple[int, int, int]:
    """Which file it is and when it was written; when it was read is no matter."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def test_what_a_killed_refresh_left_goes(warehouse: Warehouse, again: Refresh) -> None:
    """The next one ends with the warehouse and its lock alone."""
    again()
    left = {".warehouse.duckdb.next", ".warehouse.duckdb.next.wal"}
    for name in left:
        warehouse.path.with_name(name).write_bytes(b"half")
    warehouse.path.with_name(".warehouse.fetched").mkdir()

    again()

    names = {path.name for path in warehouse.path.parent.iterdir()}
    assert {"warehouse.duckdb", ".warehouse.duckdb.lock"} == names


def test_a_reader_keeps_what_it_opened(warehouse: Warehouse, again: Refresh) -> None:
    """A refresh under a reader does not disturb it; the next reader sees the new file."""
    again(now=later(hours=1))
    with warehouse.reading() as connection:
        again(now=later(hours=2))
        assert [(1,)] == connection.execute("SELECT count(*) FROM refreshes").fetchall()

    assert [(2,)] == rows(warehouse, "SELECT count(*) FROM refreshes")


def test_too_many_questions_at_once_are_refused(
    warehouse: Warehouse, again: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes while two are answered waits a moment, then is told to come again."""
    again()
    monkeypatch.setattr(storage.warehouse, "PATIENCE", 0.01)

    with warehouse.reading(), warehouse.reading(), pytest.raises(TooManyQuestions):
        warehouse.query("SELECT 1")
    assert 1 == warehouse.query("SELECT 1").height


def test_a_container_with_less_memory_counts(tmp_path: Path) -> None:
    """A quarter is of what this process may use, not of the machine around it."""
    limit = tmp_path / "memory.max"
    machine = storage.warehouse.ram_mb(limit)
    limit.write_text("max\n")
    assert machine == storage.warehouse.ram_mb(limit)

    limit.write_text(f"{2**30}\n")

    assert 1024 == storage.warehouse.ram_mb(limit)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM scenes",
        "CREATE TABLE mine (i INTEGER)",
        "COPY scenes TO '/tmp/never.csv'",
        "FROM read_csv('/etc/passwd')",
        "FROM '/etc/passwd'",
        "ATTACH '/tmp/never.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '1TB'",
        "SELECT 1; SELECT 2",
        "SELECT union_value(one := 1)",  # a type that frames do not have
        "FROM nothing",
        "SELEC 1",
        "",
    ],
)
def test_sql_reads_the_warehouse_and_nothing_else(
    warehouse: Warehouse, again: Refresh, sql: str
) -> None:
    """No file, no network, no setting, no change; every refusal is a sentence."""
    again()

    with pytest.raises(BadQuery):
        warehouse.query(sql)


def test_sql_writes_no_file_beside_the_warehouse(warehouse: Warehouse, again: Refresh) -> None:
    """DuckDB itself would let COPY write its log, which the next reader takes for changes."""
    again()
    before = sorted(warehouse.path.parent.iterdir())

    with pytest.raises(BadQuery, match="one SELECT"):
        warehouse.query(f"COPY scenes TO '{warehouse.path}.wal'")

    assert before == sorted(warehouse.path.parent.iterdir())


def test_everything_is_exported(warehouse: Warehouse, again: Refresh, tmp_path: Path) -> None:
    """Each table is a Parquet file with the same columns."""
    again()

    paths = warehouse.export(tmp_path / "out")

    assert {f"{table}.parquet" for table in TABLES} == {path.name for path in paths}
    assert [list(TABLES["scenes"])] == [
        pl.read_parquet(path).columns for path in paths if path.stem == "scenes"
    ]
