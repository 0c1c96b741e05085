"""SKUs."""

import pytest
from msgspec.structs import asdict, replace

from storage import catalog
from storage.catalog import Sku, SkuFields
from storage.errors import Conflict, NotFound, UnknownImages
from storage.records import Records
from tests.storage.rows import NOW, upload

JUICE = SkuFields("900", "Juice", brand=3, size_x_mm=125)


def test_a_sku_is_read_as_it_was_added(records: Records) -> None:
    """All fields come back, under an id made here."""
    with records.transaction() as tx:
        photo = upload(tx).id
        fields = SkuFields(
            cid="900",
            name="Сок",
            ean13="4600000000008",
            image=photo,
            brand=1,
            category=2,
            manufacturer=3,
            size_x_mm=125.5,
            size_y_mm=176,
            size_z_mm=50,
        )
        sku = catalog.add_sku(tx, fields, now=NOW)

        assert sku == catalog.get_sku(tx, sku.id)
    assert {**asdict(fields), "id": 1} == asdict(sku)


def test_a_client_may_choose_the_id(records: Records) -> None:
    """The next id made here is above it."""
    with records.transaction() as tx:
        ids = [catalog.add_sku(tx, replace(JUICE, id=id_), now=NOW).id for id_ in (None, 703, None)]

    assert [1, 703, 704] == ids


def test_a_taken_id_is_a_conflict(records: Records) -> None:
    """The stored SKU stays as it is."""
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, JUICE, now=NOW)
        with pytest.raises(Conflict, match=f"SKU {sku.id}"):
            catalog.add_sku(tx, SkuFields("1", "Milk", id=sku.id), now=NOW)

        assert sku == catalog.get_sku(tx, sku.id)


def test_a_packshot_must_have_been_uploaded(records: Records) -> None:
    """The unknown id is named, when adding and when replacing."""
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, JUICE, now=NOW)
        with pytest.raises(UnknownImages):
            catalog.add_sku(tx, replace(JUICE, image=9), now=NOW)
        with pytest.raises(UnknownImages):
            catalog.replace_sku(tx, sku.id, replace(JUICE, image=9), now=NOW)


def test_a_replaced_sku_has_the_new_fields_only(records: Records) -> None:
    """What is not given is null again; the id stays."""
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, JUICE, now=NOW)
        replaced = catalog.replace_sku(tx, sku.id, SkuFields("901", "Milk"), now=NOW)

    assert Sku(sku.id, "901", None, None, "Milk", *[None] * 6) == replaced


def test_an_unknown_sku_is_not_found(records: Records) -> None:
    """Neither read nor replaced."""
    with records.transaction() as tx:
        with pytest.raises(NotFound, match="SKU 5"):
            catalog.get_sku(tx, 5)
        with pytest.raises(NotFound, match="SKU 5"):
            catalog.replace_sku(tx, 5, JUICE, now=NOW)


def test_a_page_lists_skus_by_id(records: Records) -> None:
    """The count is of all SKUs."""
    with records.transaction() as tx:
        for id_ in (30, 10, 20):
            catalog.add_sku(tx, replace(JUICE, id=id_), now=NOW)
        count, page = catalog.page(tx, limit=2, offset=1)

    assert (3, [20, 30]) == (count, [sku.id for sku in page])
