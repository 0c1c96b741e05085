"""What a refresh puts into the warehouse, and how it stays up to date."""

import json
from typing import Any

import polars as pl
import pytest

from storage import merge_facts, tables, warehouse_facts
from storage.facts_files import Files, gather
from storage.objects import ObjectStore
from storage.records import Records
from storage.warehouse import Warehouse
from storage.warehouse_schema import TABLES
from tests.storage.conftest import Refresh
from tests.storage.rows import NOW
from tests.storage.seen import facing, later, price, recognise, rows, see, tag


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


def test_the_lowest_price_is_of_one_currency(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """Of two there is none; a tag without a sign is of that of the others, if there is one."""
    printed = [(0, 3.0, "EUR"), (0, 2.0, "GBP"), (0, 1.0, None)]
    printed += [(1, 3.0, "EUR"), (1, 2.0, None), (2, 4.0, None)]
    tags = [
        tag(number, of, price(amount, currency=sign))
        for number, (of, amount, sign) in enumerate(printed)
    ]
    see(records, objects, *(facing(n, 7 + n) for n in range(3)), price_tags=tags)

    again()

    rolled = "SELECT sku_id, price, currency FROM scene_skus ORDER BY sku_id"
    assert [(7, None, None), (8, 2.0, "EUR"), (9, 4.0, None)] == rows(warehouse, rolled)


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


def test_damaged_facts_are_left_out(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """One file that is cut short costs one scene, and is named; what was of the scene stays."""
    damaged = see(records, objects, facing(0, 7))
    again(now=later(hours=1))
    recognise(records, objects, damaged, facing(0, 8), at=later(hours=2), revision=2)
    key = next(key for key in objects.list("facts/") if key.endswith("/r2/facings.parquet"))
    objects.put(key, objects.get(key)[:-10])
    sound = [see(records, objects, facing(0, 9), at=later(hours=2)) for _ in range(4)]

    done = again(now=later(hours=3))

    assert (4, 4) == (done.scenes, done.facings)
    [sentence] = done.left_out
    assert f"Scene {damaged}: " in sentence
    assert "facings.parquet" in sentence
    found = rows(warehouse, "SELECT scene_id, sku_id FROM facings ORDER BY scene_id")
    assert [(damaged, 7), *((scene, 9) for scene in sound)] == found
    recognise(records, objects, damaged, facing(0, 8), at=later(hours=3), revision=3)
    assert [] == again(now=later(hours=4)).left_out
    assert [(8,)] == rows(warehouse, "SELECT sku_id FROM facings WHERE sku_id < 9")


def test_facts_that_are_merged_meanwhile_are_found(
    warehouse: Warehouse,
    again: Refresh,
    records: Records,
    objects: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files that go between being found and being read are read where they went."""
    for _ in range(3):
        see(records, objects, facing(0, 7))

    def gather_and_merge(*given: Any) -> Files:
        found = gather(*given)
        merge_facts.merge_day(objects, NOW.date(), {})
        return found

    monkeypatch.setattr(warehouse_facts, "gather", gather_and_merge)
    done = again()

    assert (3, []) == (done.scenes, done.left_out)


def test_a_damaged_report_is_left_out(
    warehouse: Warehouse, again: Refresh, records: Records, objects: ObjectStore
) -> None:
    """A large body that is not what was stored costs its report alone."""
    large = json.dumps({"met": 3, "counted": 4, "text": "x" * 70_000}).encode()
    small = json.dumps({"met": 1, "counted": 2}).encode()
    see(records, objects, facing(0, 7), bodies={"PLANOGRAM_COMPLIANCE": large, "OSA": small})
    key = next(iter(objects.list("bodies/")))
    objects.put(key, b"other")

    done = again()

    assert 1 == done.reports
    assert ["damaged" in one for one in done.left_out] == [True]
    assert [("OSA",)] == rows(warehouse, "SELECT report_type FROM reports")
