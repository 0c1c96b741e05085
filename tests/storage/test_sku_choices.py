"""SKUs to choose from."""

import pytest

from storage import catalog, sku_choices
from storage.catalog import SkuFields
from storage.records import Records
from tests.storage.rows import NOW, upload


@pytest.fixture
def ids(records: Records) -> dict[str, int]:
    """A small catalogue: id by code."""
    with records.transaction() as tx:
        packshot = upload(tx).id
        skus = [
            SkuFields(cid="4711", name="Lemon sour 350 ml", image=packshot),
            SkuFields(cid="4712", name="Sour cream chips 100% corn"),
            SkuFields(cid="sour", name="Pickles", ean13="4006381333931"),
        ]
        return {sku.cid: catalog.add_sku(tx, sku, now=NOW).id for sku in skus}


def found(records: Records, text: str, limit: int = 10) -> list[str]:
    """Codes of what is found, in order."""
    with records.reading() as tx:
        return [choice.cid for choice in sku_choices.search(tx, text, limit=limit)]


def test_the_exact_code_comes_first_then_names_that_begin_with_the_text(
    records: Records, ids: dict[str, int]
):
    """Whatever the case."""
    assert ["sour", "4712", "4711"] == found(records, " SOUR ")
    assert ["sour", "4712"] == found(records, "sour", limit=2)


@pytest.mark.parametrize(
    ("text", "cids"),
    [
        ("350 lemon", ["4711"]),
        ("471", ["4711", "4712"]),
        ("4006381333931", ["sour"]),
        ("lemon chips", []),
        ("100%", ["4712"]),
        ("%", ["4712"]),
        ("_", []),
        ("", []),
        ("  ", []),
        ("350\0lemon", ["4711"]),
        ("lemon " * 4000, ["4711"]),
    ],
)
def test_every_word_must_be_there(
    records: Records, ids: dict[str, int], text: str, cids: list[str]
):
    """In name, code or barcode; what SQL has wildcards for is only text."""
    assert cids == found(records, text)


def test_choices_come_with_their_packshot(records: Records, ids: dict[str, int]):
    """Those without one have none; ids nobody has are left out."""
    with records.reading() as tx:
        choices = sku_choices.by_ids(tx, [ids["4711"], ids["4712"], 999])

    assert {ids["4711"], ids["4712"]} == set(choices)
    assert (True, None) == (choices[ids["4711"]].image is not None, choices[ids["4712"]].image)
