"""Planograms of other tools."""

from typing import Any

import msgspec
import pytest

from storage import catalog, drawn_planogram, master_data
from storage.master_kinds import BRANDS, PLANOGRAMS
from storage.records import Records
from tests.master_files.conftest import Import
from tests.master_files.psa_text import cells, fixture, position, product, psa, segment

SHELVES = psa(
    product("4006381333931", "Crème\\, 1 l", _232="Mill", _13="Oats"),
    product("2", "Oil"),
    cells("Planogram", _1="Aisle 3"),
    segment(0),
    segment(48),
    fixture(0, 10),
    position("2", 30, 2),
    position("4006381333931", 0, 3, 2),
    fixture(0, 50),
    position("2", 0),
    fixture(48, 10),
    position("2", 50),
)


def placed(records: Records, name: str) -> list[tuple[Any, ...]]:
    """Rack, shelf, index, facings and SKU of the records of a planogram."""
    fields = ("rack_index", "shelf_index", "product_index", "facing_x", "facing_y", "sku")
    with records.reading() as tx:
        found = master_data.page(tx, PLANOGRAMS, limit=9)[1]
        [planogram_id] = [one.id for one in found if one.name == name]
        records_ = drawn_planogram.records_of(tx, planogram_id)
    return sorted(tuple(getattr(one, field) for field in fields) for one in records_)


def wrong(imported: Any) -> list[tuple[str, str]]:
    """Where something was wrong and what."""
    return [(finding.where, finding.what) for finding in imported.findings]


def test_a_space_plan_becomes_a_planogram(take: Import, records: Records):
    """Shelves from the top, racks from the left, positions by x."""
    imported = take(aisle__psa=SHELVES)

    assert [] == imported.findings
    assert [
        (0, 0, 0, 1, 1, 2),
        (0, 1, 2, 3, 2, 1),
        (0, 1, 3, 2, 1, 2),
        (1, 0, 1, 1, 1, 2),
    ] == placed(records, "Aisle 3")


def test_products_of_a_space_plan_become_skus(take: Import, records: Records):
    """With their code, barcode, brand, and sizes when the unit is said."""
    noted = take(aisle__psa=SHELVES, dry_run=True)
    take(aisle__psa=SHELVES, unit="in")
    with records.reading() as tx:
        sku = catalog.get_sku(tx, 1)
        brand = master_data.get(tx, BRANDS, 1)

    assert ("id-4006381333931", "Crème, 1 l", "4006381333931") == (sku.cid, sku.name, sku.ean13)
    assert (101.6, 190.5, 50.8) == (sku.size_x_mm, sku.size_y_mm, sku.size_z_mm)
    assert (1, "Mill") == (sku.brand, brand.name)
    assert ["The file does not tell its unit; say --unit mm, cm or in to get sizes."] == noted.notes


def test_a_sku_there_is_stays_as_it_is(take: Import, records: Records):
    """A product is known by the SKU's code or barcode."""
    take(skus__csv="cid,name,ean13\nid-2,Our oil,\nx,Our oats,4006381333931\n")
    take(aisle__psa=SHELVES, unit="cm")
    with records.reading() as tx:
        count, skus = catalog.page(tx, limit=9, offset=0)

    assert (2, ["Our oil", "Our oats"], None) == (count, [s.name for s in skus], skus[0].size_x_mm)
    assert (0, 1, 2, 3, 2, 2) in placed(records, "Aisle 3")


def test_the_file_is_the_whole_planogram(take: Import, records: Records):
    """What it has no more is removed; other planograms stay."""
    take(aisle__psa=SHELVES)
    smaller = psa(product("2", "Oil"), cells("Planogram", _1="Aisle 3"), position("2", 0, 5))
    take(other__psa=smaller.replace(b"Aisle 3", b"Aisle 4"))
    imported = take(aisle__psa=smaller)

    assert 3 == imported.counts["planogram_records"].removed
    assert [(0, 0, 0, 5, 1, 2)] == placed(records, "Aisle 3") == placed(records, "Aisle 4")


def test_another_file_may_say_more_of_the_planogram(take: Import, records: Records):
    """Such as its id, and the display that has it."""
    rest = '{"planograms": [{"id": 24, "name": "Aisle 3", "display_name": "Left"}]}'
    imported = take(aisle__psa=SHELVES, rest__json=rest, displays__csv="name\nLeft\n")

    assert [] == imported.findings
    with records.reading() as tx:
        assert 1 == master_data.get(tx, PLANOGRAMS, 24).display
        assert 4 == len(drawn_planogram.records_of(tx, 24))


@pytest.mark.parametrize(
    ("rows", "where", "sentence"),
    [
        ([], "", "There is no Planogram in the file."),
        ([position("2", 0)], ", line 5", "The Position comes before any Planogram."),
        ([cells("Planogram"), position("2", 0)], ", line 6", "There is no Product 2 in the file."),
        ([cells("Planogram"), cells("Segment", _10="wide")], ", line 6", "A cell is no number"),
        ([cells("Planogram"), fixture(0, float("nan"))], ", line 6", "A cell is no number"),
    ],
)
def test_a_wrong_row_is_told(take: Import, rows: list[str], where: str, sentence: str):
    """With its line."""
    found = wrong(take(aisle__psa=psa(*rows)))

    assert any(f"aisle.psa{where}" == at and sentence in what for at, what in found)


AZURE = {
    "products": [
        {"id": "1", "name": "Oats", "w": 10, "h": 20},
        {"id": "2", "name": "", "w": 5, "h": 9},
    ],
    "fixtures": [
        {"id": "a", "x": 0, "y": 50, "w": 40, "h": 1},
        {"id": "b", "x": 40, "y": 50, "w": 40, "h": 1},
        {"id": "c", "x": 1, "y": 90, "w": 40, "h": 1},
    ],
    "positions": [
        {"id": "1", "productId": "1", "fixtureId": "a", "x": 10, "y": 30},
        {"id": "2", "productId": "1", "fixtureId": "a", "x": 0, "y": 30},
        {"id": "3", "productId": "1", "fixtureId": "a", "x": 0, "y": 10},
        {"id": "4", "productId": "1", "fixtureId": "a", "x": 10, "y": 10},
        {"id": "5", "productId": "2", "fixtureId": "a", "x": 20, "y": 41},
        {"id": "6", "productId": "2", "fixtureId": "b", "x": 40, "y": 41},
        {"id": "7", "productId": "2", "fixtureId": "c", "x": 20, "y": 81},
    ],
    "width": 80,
    "height": 100,
}


@pytest.mark.parametrize("body", [AZURE, {"planogram": AZURE}], ids=["alone", "in a request"])
def test_an_azure_planogram_becomes_ours(take: Import, records: Records, body: Any):
    """Single positions become blocks; fixtures above each other are a rack."""
    imported = take(aisle__json=msgspec.json.encode(body))

    assert [] == imported.findings
    assert [
        (0, 0, 0, 2, 2, 1),
        (0, 0, 1, 1, 1, 2),
        (0, 1, 3, 1, 1, 2),
        (1, 0, 2, 1, 1, 2),
    ] == placed(records, "aisle")


def test_a_broken_azure_planogram_is_told(take: Import):
    """What is missing, by the position that names it, or by field."""
    dangling = AZURE | {"products": AZURE["products"][:1], "fixtures": AZURE["fixtures"][:2]}
    shapeless = AZURE | {"width": "wide"}

    assert [
        ("a.json, position 5", "There is no product 2 in the file."),
        ("a.json, position 6", "There is no product 2 in the file."),
        ("a.json, position 7", "There is no product 2 in the file."),
        ("a.json, position 7", "There is no fixture c in the file."),
    ] == wrong(take(a__json=msgspec.json.encode(dangling)))
    [(_, what)] = wrong(take(a__json=msgspec.json.encode(shapeless)))
    assert what == "It is no planogram of Azure: Expected `float`, got `str` - at `$.width`."


@pytest.mark.parametrize("size", [1e308, "nan", -1e10])
def test_a_size_that_no_shelf_has_is_told(take: Import, size: object):
    """Of either kind of file."""
    vast = AZURE | {"fixtures": [AZURE["fixtures"][0] | {"x": size}]}
    [(_, what)] = wrong(take(a__json=msgspec.json.encode(vast)))
    rows = cells("Planogram", _1="P"), cells("Segment", _10=size)
    [(where, cell)] = wrong(take(b__psa=psa(*rows)))

    assert "fixtures[0].x" in what
    assert ("b.psa, line 6", True) == (where, cell.startswith("A cell is no number"))


def test_two_products_of_one_barcode_are_told(take: Import):
    """Nobody knows which of them a position means; the same one again is no harm."""
    plan, again = cells("Planogram", _1="P"), product("2", "Oil")
    other = cells("Product", _1="2", _2="elsewhere", _3="Oil")

    assert [] == wrong(take(a__psa=psa(plan, again, again), dry_run=True))
    assert [
        ("b.psa, line 7", "Product 2 is in the file twice, as id-2 and as elsewhere.")
    ] == wrong(take(b__psa=psa(plan, again, other)))
