"""The warehouse: what is in it, how it is brought up to date, what may be asked of it."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import storage.warehouse
from storage import merge_facts, tables
from storage.errors import (
    BadQuery,
    NoWarehouse,
    ObjectCorrupt,
    TooManyQuestions,
    WarehouseBusy,
)
from storage.objects import ObjectStore
from storage.records import Records
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Figures, Refreshed, Source, refresh
from storage.warehouse_schema import TABLES
from tests.storage.rows import NOW
from tests.storage.seen import facing, later, price, recognise, see, tag

KINDS = ("OSA", "PLANOGRAM_COMPLIANCE")
Refresh = Callable[..., Refreshed]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse that nobody made yet."""
    return Warehouse(tmp_path / "warehouse")


@pytest.fixture
def again(warehouse: Warehouse, records: Records, objects: ObjectStore) -> Refresh:
    """Brings the warehouse up to date."""

    def read(_: str, body: bytes) -> Figures:
        said: dict[str, Any] = json.loads(body)
        return Figures(said["met"], said["counted"], [tuple(one) for one in said.get("skus", [])])

    source = Source(records, objects, KINDS, read, 0.5)

    def run(**more: Any) -> Refreshed:
        return refresh(warehouse, source, **{"now": later(days=1)} | more)

    return run


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    """Ask."""
    return warehouse.query(sql).rows()


def everything(warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    """All that is in it but how it came about."""
    names = [table for table in TABLES if table != "refreshes"]
    return {name: warehouse.query(f"FROM {name} ORDER BY ALL") for name in names}


def test_facings_and_their_roll_up(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A duplicate is a row that nobody counts; space adds up to the facings of the scene.

    What stands on no shelf stands on none.
    """
    see(
        records,
        objects,
        facing(0, 7, width=100.0),
        facing(1, 7, width=100.0),
        facing(2, 8, width=300.0),
        facing(3, None, width=300.0, shelf_index=-1),
        facing(4, 8, duplicate=True),
    )

    again()

    assert [(5,)] == rows(warehouse, "SELECT count(*) FROM facings")
    assert [(4, 3)] == rows(warehouse, "SELECT facings, identified FROM scenes")
    rolled = "SELECT sku_id, facings, space, shelves FROM scene_skus ORDER BY sku_id NULLS LAST"
    assert [(7, 2, 1.0, 2), (8, 1, 1.5, 1), (None, 1, 1.5, 0)] == rows(warehouse, rolled)


def test_a_price_counts_as_in_reports(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """Promo before regular, surely read; a member price and a duplicate's tag are none."""
    tags = [
        tag(0, 0, price(3.0), price(2.0, "promo")),
        tag(1, 1, price(5.0), price(4.0, "promo", confidence=0.4)),
        tag(2, 0, price(1.0, "member")),
        tag(3, 2, price(9.0)),
        tag(4, None, price(8.0)),
    ]
    seen = (facing(0, 7), facing(1, 8), facing(2, 9, duplicate=True))
    see(records, objects, *seen, price_tags=tags)

    again()

    found = "SELECT tag_id, sku_id, kind, amount, currency FROM prices ORDER BY tag_id"
    assert [
        (0, 7, "promo", 2.0, "EUR"),
        (1, 8, "regular", 5.0, "EUR"),
        (4, None, "regular", 8.0, "EUR"),
    ] == rows(warehouse, found)
    rolled = "SELECT sku_id, price FROM scene_skus ORDER BY sku_id"
    assert [(7, 2.0), (8, 5.0)] == rows(warehouse, rolled)


def test_a_shop_has_the_chain_its_newest_scene_named(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A scene that names no chain has that of its shop; one that does keeps its own."""
    see(records, objects, facing(0, 7), shop="1", retail_chain="Old")
    see(records, objects, facing(0, 7), shop="1", retail_chain="New")
    see(records, objects, facing(0, 7), shop="1")
    see(records, objects, facing(0, 7), shop="2")

    again()

    assert [("1", "New"), ("2", None)] == rows(
        warehouse, "SELECT shop, chain FROM shops ORDER BY shop"
    )
    assert [("Old",), ("New",), ("New",), (None,)] == rows(
        warehouse, "SELECT chain FROM scenes ORDER BY scene_id"
    )


def test_reports_are_counted(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """What reports say in numbers, large bodies too; OSA by SKU."""
    body = {"met": 1, "counted": 2, "skus": [[7, True, 3], [8, False, 0]]}
    large = {"met": 3, "counted": 4, "text": "x" * 70_000}
    see(
        records,
        objects,
        facing(0, 7),
        bodies={
            "OSA": json.dumps(body).encode(),
            "PLANOGRAM_COMPLIANCE": json.dumps(large).encode(),
        },
    )

    again()

    assert [("OSA", 1, 2, 0.5), ("PLANOGRAM_COMPLIANCE", 3, 4, 0.75)] == rows(
        warehouse, "SELECT report_type, met, counted, ratio FROM reports ORDER BY report_type"
    )
    assert [(7, True, 3), (8, False, 0)] == rows(
        warehouse, "SELECT sku_id, present, facings FROM expected_skus ORDER BY sku_id"
    )


def test_a_refresh_adds_what_is_new(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """The second one reads the second scene alone, and ends as one from scratch would."""
    see(records, objects, facing(0, 7))
    first = again(now=later(hours=2))
    see(records, objects, facing(0, 8), facing(1, 8), at=later(hours=3))
    second = again(now=later(hours=4))
    grown = everything(warehouse)
    third = again(now=later(hours=5))

    assert [(1, 1), (1, 2), (0, 0)] == [(r.scenes, r.facings) for r in (first, second, third)]
    anew = again(anew=True)
    assert (2, 3, True) == (anew.scenes, anew.facings, anew.rebuilt)
    assert all(grown[name].equals(frame) for name, frame in everything(warehouse).items())


def test_what_was_committed_late_is_not_missed(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A scene whose time is a little before the last refresh is found by the next."""
    again(now=later(minutes=10))
    see(records, objects, facing(0, 7), at=NOW)

    assert 1 == again(now=later(hours=1)).scenes


def test_a_refresh_whose_clock_was_ahead_hides_nothing(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """What comes after the clock was set right is found, at once and when that time has come."""
    again(now=later(hours=1))
    again(now=later(days=30))
    see(records, objects, facing(0, 7), at=later(hours=3))

    assert 1 == again(now=later(hours=4)).scenes


def test_a_scene_recognised_again_replaces_what_it_was(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """Only the rows of its current facts revision are there."""
    scene = see(records, objects, facing(0, 7), facing(1, 7))
    again(now=later(hours=2))
    recognise(records, objects, scene, facing(0, 8), at=later(hours=3), revision=2)
    again(now=later(hours=4))

    assert [(8,)] == rows(warehouse, "SELECT sku_id FROM facings")
    assert [(2, 1)] == rows(warehouse, "SELECT facts_revision, facings FROM scenes")
    assert [(8, 1)] == rows(warehouse, "SELECT sku_id, facings FROM scene_skus")


def test_merged_facts_are_the_same_facts(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """From single and merged files comes the same warehouse."""
    for sku in (7, 8):
        tags = [tag(0, 0, price(2.0))]
        see(records, objects, facing(0, sku), facing(1, None), price_tags=tags)
    again()
    before = everything(warehouse)
    merge_facts.merge_day(objects, NOW.date(), {})
    see(records, objects, facing(0, 9), at=later(hours=1))
    again(anew=True)

    ids = "SELECT scene_id FROM scenes ORDER BY scene_id LIMIT 2"
    for name in ("facings", "prices", "scene_skus"):
        found = warehouse.query(f"FROM {name} WHERE scene_id IN ({ids}) ORDER BY ALL")
        assert before[name].equals(found)


def test_a_visit_that_changes_changes_its_scenes(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A visit that is given a shop later gives it to its scenes."""
    see(records, objects, facing(0, 7))
    again(now=later(hours=2))
    with records.transaction() as tx:
        tx.execute(tables.visits.update().values(shop="17", updated_at=later(hours=3)))
    again(now=later(hours=4))

    assert [("17",)] == rows(warehouse, "SELECT shop FROM scenes")


def test_nothing_seen_is_a_warehouse_too(warehouse: Warehouse, again: Refresh) -> None:
    """Before the first scene every table is there, and empty."""
    assert (0, 0) == (again().scenes, again().reports)
    assert 0 == warehouse.rows()["scenes"]


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


def test_damaged_facts_are_named(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A file of facts that is cut short ends the refresh with its name; the warehouse stays."""
    again(now=later(hours=1))
    see(records, objects, facing(0, 7))
    key = next(key for key in objects.list("facts/") if key.endswith("/facings.parquet"))
    objects.put(key, objects.get(key)[:-10])

    with pytest.raises(ObjectCorrupt, match=r"facings\.parquet"):
        again(now=later(hours=2))

    assert [(1,)] == rows(warehouse, "SELECT count(*) FROM refreshes")


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
