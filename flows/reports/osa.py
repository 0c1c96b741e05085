"""OSA: on-shelf availability, what is there of what should be there.

Definition: present / expected. Expected are the records of the display's must-have list; without
one, the distinct SKUs of its planogram, wherever the photos end. Present = at least one facing that
is not a duplicate, of the SKU or (must-have list) of an alternative.
Source: docs/reports.md#osa
"""

import msgspec
import polars as pl

from flows.reports.contract import Report
from flows.reports.present import WIRE_DECIMALS, facings_per_sku

MUST_HAVE, PLANOGRAM = "MUST_HAVE_LIST", "PLANOGRAM"


class ExpectedSku(msgspec.Struct, frozen=True):
    """One thing that should be there."""

    sku_id: int
    mhl_record_id: int | None  # null = expected by the planogram
    present: bool
    facings: int  # of the SKU and its alternatives


class Gap(msgspec.Struct, frozen=True):
    """An empty place; whole pixels of the upright photo, shelf_index from the top of the photo."""

    image: int
    shelf_index: int
    x1: int
    y1: int
    x2: int
    y2: int


class Osa(msgspec.Struct, frozen=True):
    """On-shelf availability of the scene."""

    expected_by: str  # MUST_HAVE_LIST or PLANOGRAM
    expected: int
    present: int
    osa: float | None  # ratio 0-1, null = nothing is expected
    skus: list[ExpectedSku]
    out_of_stock: list[int]
    gaps: list[Gap]


def osa(
    facings: pl.DataFrame,
    gaps: pl.DataFrame,
    must_have: pl.DataFrame | None = None,
    planogram: pl.DataFrame | None = None,
) -> Osa:
    """Compare; a must-have list comes before a planogram; SKUs in the order of the list."""
    there = facings_per_sku(facings)
    wanted = _planned(planogram) if must_have is None else _listed(must_have)
    skus = [
        ExpectedSku(of[0], record, any(sku in there for sku in of), _count(of, there))
        for record, of in wanted
    ]
    present = sum(sku.present for sku in skus)
    return Osa(
        expected_by=PLANOGRAM if must_have is None else MUST_HAVE,
        expected=len(skus),
        present=present,
        osa=round(present / len(skus), WIRE_DECIMALS) if skus else None,
        skus=skus,
        out_of_stock=[sku.sku_id for sku in skus if not sku.present],
        gaps=_gaps(gaps),
    )


def _listed(must_have: pl.DataFrame) -> list[tuple[int | None, list[int]]]:
    return must_have.sort("mhl_record_id").select("mhl_record_id", "skus").rows()


def _planned(planogram: pl.DataFrame | None) -> list[tuple[int | None, list[int]]]:
    skus = [] if planogram is None else planogram["sku_id"].unique().sort().to_list()
    return [(None, [sku]) for sku in skus]


def _count(skus: list[int], there: dict[int, int]) -> int:
    return sum(there.get(sku, 0) for sku in dict.fromkeys(skus))


def _gaps(gaps: pl.DataFrame) -> list[Gap]:
    sides = [pl.col(side).round().cast(pl.Int64) for side in ("x1", "y1", "x2", "y2")]
    rows = gaps.sort("image_id", "shelf_index", "x1", "gap_id")
    return [Gap(*row) for row in rows.select("image_id", "shelf_index", *sides).iter_rows()]


REPORT = Report("OSA", shape=Osa, compute=osa)
