"""Master data as reports see it."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, Table

from storage import catalog, master_frames, tables
from storage.catalog import SkuFields
from storage.records import Records

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def add(tx: Connection, table: Table, **values: Any) -> int:
    """Write one row of master data; its id."""
    row = table.insert().values(**values, created_at=NOW, updated_at=NOW)
    return tx.execute(row.returning(table.c.id)).scalar_one()


def add_sku(tx: Connection, sku_id: int, **fields: Any) -> None:
    """Write one SKU."""
    catalog.add_sku(tx, SkuFields(cid="900", name="Juice", id=sku_id, **fields), now=NOW)


def test_skus_carry_the_names_of_their_brand(records: Records) -> None:
    """By id; a brand that was never made has no name, but keeps its id."""
    with records.transaction() as tx:
        brand = add(tx, tables.brands, name="Sunny")
        add_sku(tx, 2, brand=999, size_x_mm=70.0)
        add_sku(tx, 1, brand=brand)
        frame = master_frames.skus(tx)

    named = frame.select("sku_id", "name", "brand", "brand_id", "category", "size_x_mm").rows()
    assert [(1, "Juice", "Sunny", brand, None, None), (2, "Juice", None, 999, None, 70.0)] == named
    assert master_frames.SKUS == dict(frame.schema)


def test_some_skus(records: Records) -> None:
    """Unknown ids are left out."""
    with records.transaction() as tx:
        for sku_id in (2, 1):
            add_sku(tx, sku_id)
        frame = master_frames.skus(tx, [2, 99])

    assert [2] == frame["sku_id"].to_list()


def test_no_skus_are_an_empty_frame(records: Records) -> None:
    """With the columns and types of a full one."""
    with records.reading() as tx:
        frame = master_frames.skus(tx)

    assert (0, pl.Schema(master_frames.SKUS)) == (frame.height, frame.schema)


def test_a_planogram_is_in_the_order_of_the_shelf(records: Records) -> None:
    """Rack, shelf, position; a record without SKU is left out, another planogram's too."""
    with records.transaction() as tx:
        add_sku(tx, 7)
        mine, other = (add(tx, tables.planograms, name=name) for name in ("mine", "other"))
        for planogram, shelf, index, sku in ((mine, 1, 2, 7), (mine, 0, 1, 7), (other, 0, 0, 7)):
            place = {"rack_index": 0, "shelf_index": shelf, "product_index": index}
            add(tx, tables.planogram_records, planogram_id=planogram, sku_id=sku, **place)
        add(tx, tables.planogram_records, planogram_id=mine, sku_id=None)
        frame = master_frames.planogram(tx, mine)

    assert [(0, 1), (1, 2)] == frame.select("shelf_index", "product_index").rows()
    assert master_frames.PLANOGRAM == dict(frame.schema)


def test_what_a_planogram_leaves_out_has_a_meaning(records: Records) -> None:
    """One facing on the first shelf, positions in order of ids."""
    with records.transaction() as tx:
        add_sku(tx, 7)
        planogram = add(tx, tables.planograms)
        for _ in range(2):
            add(tx, tables.planogram_records, planogram_id=planogram, sku_id=7)
        frame = master_frames.planogram(tx, planogram)

    columns = ("rack_index", "shelf_index", "product_index", "facing_x", "facing_y")
    assert [(0, 0, 0, 1, 1), (0, 0, 1, 1, 1)] == frame.select(columns).rows()


def test_a_must_have_record_lists_its_alternatives(records: Records) -> None:
    """The SKU comes first, each SKU once; a record of nothing is left out."""
    with records.transaction() as tx:
        for sku_id in (7, 8, 9):
            add_sku(tx, sku_id)
        mine = add(tx, tables.musthavelists, name="mine")
        record = add(tx, tables.mhl_records, musthavelist_id=mine, sku_id=9, sku2=7, sku3=9)
        add(tx, tables.mhl_records, musthavelist_id=mine)
        frame = master_frames.must_have(tx, mine)

    assert [(record, None, [9, 7])] == frame.rows()
    assert master_frames.MUST_HAVE == dict(frame.schema)


def test_a_display_names_what_is_planned_for_it(records: Records) -> None:
    """Ids of its planogram and must-have list; None for a display nobody made."""
    with records.transaction() as tx:
        planogram = add(tx, tables.planograms)
        display = add(tx, tables.displays, planogram_id=planogram)
        planned = [master_frames.display(tx, one) for one in (display, 99)]

    assert [(planogram, None), None] == planned


def test_what_there_is_for_a_scene(records: Records) -> None:
    """A display named before it is made can be compared with its own past all the same."""
    with records.transaction() as tx:
        planogram = add(tx, tables.planograms)
        display = add(tx, tables.displays, planogram_id=planogram)
        there = [master_frames.existing(tx, one) for one in (display, 99, None)]

    assert [{"display", "planogram"}, {"display"}, set()] == there
