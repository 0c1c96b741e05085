"""Rows by what people call them."""

from storage import catalog, master_data, named_rows
from storage.catalog import SkuFields
from storage.master_kinds import BRANDS, PLANOGRAM_RECORDS
from storage.records import Records
from tests.storage.rows import NOW


def test_names_and_codes_lead_to_ids(records: Records) -> None:
    """Ascending; a barcode counts where it is no code."""
    with records.transaction() as tx:
        for name in ("Mill", "Press", "Mill", None):
            master_data.add(tx, BRANDS, {"name": name}, now=NOW)
        for cid, ean13 in (("1", "40"), ("40", None), ("2", "41")):
            catalog.add_sku(tx, SkuFields(cid, "A", ean13=ean13), now=NOW)

        assert {"Mill": [1, 3], "Press": [2]} == named_rows.by_name(tx, BRANDS.table)
        assert {"1": [1], "40": [2], "2": [3], "41": [3]} == named_rows.by_code(tx)


def test_places_lead_to_ids(records: Records) -> None:
    """By all the fields that are said."""
    with records.transaction() as tx:
        for shelf in (0, 1, 1):
            values = {"rack_index": 0, "shelf_index": shelf}
            master_data.add(tx, PLANOGRAM_RECORDS, values, now=NOW)

        found = [
            named_rows.by_fields(tx, PLANOGRAM_RECORDS, {"rack_index": 0, "shelf_index": shelf})
            for shelf in (1, 2)
        ]
        assert [[2, 3], []] == found
