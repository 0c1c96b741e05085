"""How often master data was written."""

from msgspec.structs import replace

from storage import catalog, versions
from storage.catalog import SkuFields
from storage.records import Records
from tests.storage.rows import NOW

JUICE = SkuFields("900", "Juice")


def test_every_write_is_counted_for_its_kind(records: Records) -> None:
    """Adding and replacing count; other kinds do not."""
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, JUICE, now=NOW)
        catalog.replace_sku(tx, sku.id, replace(JUICE, name="Juice 1 l"), now=NOW)
        versions.bump(tx, "displays")

        assert {"skus": 2, "displays": 1} == versions.current(tx)


def test_nothing_written_has_no_number(records: Records) -> None:
    """A fresh installation has none."""
    with records.reading() as tx:
        assert {} == versions.current(tx)
