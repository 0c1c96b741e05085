"""FACING_COUNT: how many facings each SKU has in the scene.

Definition: facings that are not duplicates, per SKU; unidentified facings are left out.
Source: docs/reports.md#facing_count
"""

import msgspec
import polars as pl

from flows.reports.contract import Report


class FacingCount(msgspec.Struct, frozen=True):
    """One SKU of the scene."""

    sku_id: int
    count: int  # facings, >= 1


def facing_count(facings: pl.DataFrame) -> pl.DataFrame:
    """Count facings per SKU, most first, ties by sku_id."""
    return (
        facings.filter(~pl.col("duplicate"), pl.col("sku_id").is_not_null())
        .group_by("sku_id")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(["count", "sku_id"], descending=[True, False])
    )


REPORT = Report("FACING_COUNT", row=FacingCount, compute=facing_count)
