"""Master data, whatever the kind."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from storage import catalog, master_data, scenes, tables, versions
from storage.catalog import SkuFields
from storage.errors import Conflict, InUse, NotFound, UnknownName
from storage.master_kinds import (
    BRANDS,
    CATEGORIES,
    DISPLAYS,
    MANUFACTURERS,
    MUST_HAVE_LISTS,
    MUST_HAVE_RECORDS,
    PLANOGRAM_RECORDS,
    PLANOGRAMS,
    VISITS,
    Kind,
)
from storage.records import Records
from tests.storage.rows import NOW, accept

KINDS = [
    BRANDS,
    CATEGORIES,
    MANUFACTURERS,
    PLANOGRAMS,
    PLANOGRAM_RECORDS,
    MUST_HAVE_LISTS,
    MUST_HAVE_RECORDS,
    DISPLAYS,
]


def add(tx: Connection, kind: Kind[Any], **values: Any) -> Any:
    return master_data.add(tx, kind, values, now=NOW)


def change(tx: Connection, kind: Kind[Any], row_id: int, **values: Any) -> Any:
    return master_data.change(tx, kind, row_id, values, now=NOW)


def add_sku(tx: Connection, **fields: Any) -> int:
    return catalog.add_sku(tx, SkuFields("900", "Juice", **fields), now=NOW).id


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table.name)
def test_every_kind_is_written_read_and_counted(records: Records, kind: Kind[Any]) -> None:
    """Under an id made here or chosen, which may change; each write has a number."""
    with records.transaction() as tx:
        first, chosen, after = add(tx, kind), add(tx, kind, id=703), add(tx, kind)
        moved = change(tx, kind, chosen.id, id=900)
        count, found = master_data.page(tx, kind, limit=2, offset=1)
        last = add(tx, kind)

        assert (1, 703, 704, 900, 901) == (first.id, chosen.id, after.id, moved.id, last.id)
        assert (3, [after, moved]) == (count, found)
        assert 5 == versions.current(tx)[kind.table.name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table.name)
def test_a_taken_id_is_a_conflict(records: Records, kind: Kind[Any]) -> None:
    """When adding, and when a row would get it."""
    with records.transaction() as tx:
        add(tx, kind, id=1)
        add(tx, kind, id=2)
        with pytest.raises(Conflict, match=f"There is a {kind.noun} 2 already"):
            add(tx, kind, id=2)
        with pytest.raises(Conflict, match=f"There is a {kind.noun} 2 already"):
            change(tx, kind, 1, id=2)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table.name)
def test_what_is_not_there_is_not_found(records: Records, kind: Kind[Any]) -> None:
    """Neither read, nor changed, nor removed; also after it was removed."""
    with records.transaction() as tx:
        master_data.remove(tx, kind, add(tx, kind, id=5).id)
        for act in (master_data.get, change, master_data.remove):
            with pytest.raises(NotFound, match=f"{kind.noun} 5"):
                act(tx, kind, 5)


def test_a_field_must_name_something(records: Records) -> None:
    """The field and the missing id are told."""
    with records.transaction() as tx:
        with pytest.raises(UnknownName, match="There is no SKU 9") as error:
            add(tx, MUST_HAVE_RECORDS, sku3=9)

        assert "sku3" == error.value.field


def test_display_and_planogram_agree(records: Records) -> None:
    """Whichever of the two is told of the other, both say the same."""
    with records.transaction() as tx:
        shelf, cooler = add(tx, DISPLAYS), add(tx, DISPLAYS)
        planogram = add(tx, PLANOGRAMS, display=shelf.id)
        assert planogram.id == master_data.get(tx, DISPLAYS, shelf.id).planogram

        change(tx, DISPLAYS, shelf.id, planogram=None)
        assert master_data.get(tx, PLANOGRAMS, planogram.id).display is None

        change(tx, DISPLAYS, cooler.id, planogram=planogram.id)
        assert cooler.id == master_data.get(tx, PLANOGRAMS, planogram.id).display

        change(tx, PLANOGRAMS, planogram.id, display=shelf.id)
        assert [planogram.id, None] == [
            master_data.get(tx, DISPLAYS, one.id).planogram for one in (shelf, cooler)
        ]


def test_a_shared_planogram_stays_shared_when_its_display_is_told_again(records: Records) -> None:
    """A client that writes back what it read changes nothing."""
    with records.transaction() as tx:
        planogram = add(tx, PLANOGRAMS)
        displays = [add(tx, DISPLAYS, planogram=planogram.id) for _ in range(2)]
        change(tx, PLANOGRAMS, planogram.id, name="New", display=displays[0].id)

        assert displays == [master_data.get(tx, DISPLAYS, one.id) for one in displays]


def test_names_follow_a_changed_id(records: Records) -> None:
    """Records follow their planogram, SKUs their brand, scenes their display."""
    with records.transaction() as tx:
        brand = add(tx, BRANDS, name="A")
        sku = add_sku(tx, brand=brand.id)
        planogram = add(tx, PLANOGRAMS)
        display = add(tx, DISPLAYS, planogram=planogram.id)
        record = add(tx, PLANOGRAM_RECORDS, planogram=planogram.id, sku=sku)
        scene_id = accept(tx, display_id=display.id).scene_id
        change(tx, BRANDS, brand.id, id=77)
        change(tx, PLANOGRAMS, planogram.id, id=24)
        change(tx, DISPLAYS, display.id, id=13)

        assert 77 == catalog.get_sku(tx, sku).brand
        assert 24 == master_data.get(tx, PLANOGRAM_RECORDS, record.id).planogram
        assert 24 == master_data.get(tx, DISPLAYS, 13).planogram
        assert 13 == scenes.get(tx, scene_id).display_id


def test_a_planogram_goes_with_its_records(records: Records) -> None:
    """The display that had it has none."""
    with records.transaction() as tx:
        planogram = add(tx, PLANOGRAMS)
        display = add(tx, DISPLAYS, planogram=planogram.id)
        record = add(tx, PLANOGRAM_RECORDS, planogram=planogram.id)
        master_data.remove(tx, PLANOGRAMS, planogram.id)

        assert master_data.get(tx, DISPLAYS, display.id).planogram is None
        with pytest.raises(NotFound):
            master_data.get(tx, PLANOGRAM_RECORDS, record.id)


def test_what_is_needed_stays(records: Records) -> None:
    """A list that a display has, and a display that a scene shows; the user is named."""
    with records.transaction() as tx:
        must_have = add(tx, MUST_HAVE_LISTS)
        display = add(tx, DISPLAYS, musthavelist=must_have.id)
        accept(tx, display_id=display.id)
        with pytest.raises(InUse, match="must-have list 1 cannot go: display 1 needs it"):
            master_data.remove(tx, MUST_HAVE_LISTS, must_have.id)
        with pytest.raises(InUse, match="display 1 cannot go: scene 1 needs it"):
            master_data.remove(tx, DISPLAYS, display.id)


def test_a_list_of_rows_of_one_owner(records: Records) -> None:
    """Only its records are counted and listed."""
    with records.transaction() as tx:
        owners = [add(tx, PLANOGRAMS).id for _ in range(2)]
        made = [add(tx, PLANOGRAM_RECORDS, planogram=owners[n % 2], facing_x=n) for n in range(5)]
        count, found = master_data.page(tx, PLANOGRAM_RECORDS, limit=9, of={"planogram": owners[1]})

    assert (2, [made[1], made[3]]) == (count, found)


def test_a_visit_keeps_what_was_sent(records: Records) -> None:
    """Its shop is a text for counting; numbers and objects come back as they were."""
    sent = {"shop": 4711, "agent": "Alex", "gps_shop": {"id": 5}, "latitude": 55.75}
    with records.transaction() as tx:
        visit = add(tx, VISITS, **sent)
        changed = change(tx, VISITS, visit.id, shop_name="Corner", started_date=None)
        shop = tx.scalar(select(tables.visits.c.shop))

        assert sent == {name: getattr(visit, name) for name in sent}
        assert replace(visit, shop_name="Corner") == changed
        assert ("4711", {}) == (shop, versions.current(tx))
