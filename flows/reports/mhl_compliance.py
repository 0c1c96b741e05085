"""MHL_COMPLIANCE: which records of the display's must-have list the scene meets.

Definition: a record is met by a facing of its SKU or of any of its alternatives that is not a
duplicate; compliance = records met / records.
Source: docs/reports.md#mhl_compliance
"""

import msgspec
import polars as pl

from flows.reports.contract import Report
from flows.reports.present import WIRE_DECIMALS, facings_per_sku


class MhlRecord(msgspec.Struct, frozen=True):
    """One record of the must-have list."""

    mhl_record_id: int
    name: str | None
    sku: int
    compliant: bool
    found_sku: int | None  # the first of its SKU and alternatives that is there
    facings: int  # of its SKU and alternatives together


class MhlCompliance(msgspec.Struct, frozen=True):
    """The scene against the must-have list of its display."""

    records: list[MhlRecord]
    compliance: float | None  # ratio 0-1, null = an empty list
    out_of_stock: list[int]  # SKUs of the records that are not met, in their order


def mhl_compliance(must_have: pl.DataFrame, facings: pl.DataFrame) -> MhlCompliance:
    """Compare; records by id."""
    there = facings_per_sku(facings)
    records = [
        _record(record_id, name, skus, there)
        for record_id, name, skus in must_have.sort("mhl_record_id")
        .select("mhl_record_id", "name", "skus")
        .iter_rows()
    ]
    met = sum(record.compliant for record in records)
    return MhlCompliance(
        records=records,
        compliance=round(met / len(records), WIRE_DECIMALS) if records else None,
        out_of_stock=[record.sku for record in records if not record.compliant],
    )


def _record(record_id: int, name: str | None, skus: list[int], there: dict[int, int]) -> MhlRecord:
    found = next((sku for sku in skus if sku in there), None)
    return MhlRecord(
        mhl_record_id=record_id,
        name=name,
        sku=skus[0],
        compliant=found is not None,
        found_sku=found,
        facings=sum(there.get(sku, 0) for sku in dict.fromkeys(skus)),
    )


REPORT = Report("MHL_COMPLIANCE", shape=MhlCompliance, compute=mhl_compliance)
