"""SKUs as a list for people."""

import pytest
from sqlalchemy import Connection

from storage import catalog, forecasts, galleries, references, sku_overview
from storage.catalog import SkuFields
from storage.forecasts import Outlook
from storage.records import Records
from tests.storage.rows import NOW, upload

OUTLOOK = Outlook(1, 0, None, [], "Add 2 more pictures.")


def add(tx: Connection, name: str, *, pictures: int = 0, **fields: str) -> int:
    """A SKU with so many references."""
    sku_id = catalog.add_sku(tx, SkuFields("c", name, **fields), now=NOW).id  # type: ignore[arg-type]
    for at in range(pictures):
        image = upload(tx, f"{name} {at}".encode())
        references.add(tx, sku_id, image.id, source="picture", now=NOW)
    return sku_id


def test_a_line_has_references_and_the_newest_forecast(records: Records) -> None:
    """Of the embedder in use, also when the gallery changed since; by name."""
    with records.transaction() as tx:
        tea, coffee = add(tx, "Tea", pictures=2), add(tx, "Coffee")
        galleries.use(tx, "e-1", now=NOW)
        forecasts.save(tx, tea, "e-1", OUTLOOK, gallery=0, now=NOW)
        forecasts.save(tx, coffee, "e-2", OUTLOOK, gallery=0, now=NOW)
        count, (first, second) = sku_overview.page(tx, "", limit=9, offset=0)
        oldest = references.of_sku(tx, tea)[0].id

    assert (2, [coffee, tea]) == (count, [first.id, second.id])
    assert (0, None, None) == (first.references, first.first, first.outlook)
    assert (2, oldest, OUTLOOK) == (second.references, second.first, second.outlook)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tea", ["Black tea", "Green Tea"]),
        ("tea\0black", ["Black tea"]),
        ("7%", ["Milk 7%"]),
        ("4600 green", ["Green Tea"]),
        ("x", []),
    ],
)
def test_a_list_is_searched(records: Records, text: str, names: list[str]) -> None:
    """By parts of name and barcode, in any case and order; `%` is a letter like any other."""
    with records.transaction() as tx:
        add(tx, "Green Tea", ean13="4600000000008")
        for name in ("Black tea", "Milk 7%", "Milk"):
            add(tx, name)
        count, found = sku_overview.page(tx, f" {text} ", limit=9, offset=0)

    assert (len(names), names) == (count, [line.name for line in found])


def test_a_list_comes_in_pages(records: Records) -> None:
    """The count is of all."""
    with records.transaction() as tx:
        for name in "CAB":
            add(tx, name)
        count, found = sku_overview.page(tx, "", limit=2, offset=1)

    assert (3, ["B", "C"]) == (count, [line.name for line in found])
