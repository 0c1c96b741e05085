"""ASSORTMENT: how many different SKUs of each brand and category the scene shows.

Definition: distinct SKUs with at least one facing that is not a duplicate; unidentified facings are
left out, SKUs without a brand or category are a group of their own (null).
Source: docs/reports.md#assortment
"""

import msgspec
import polars as pl

from flows.reports.contract import Report


class Assortment(msgspec.Struct, frozen=True):
    """One brand in one category."""

    brand_id: int | None
    brand: str | None
    category_id: int | None
    category: str | None
    sku_count: int  # distinct SKUs, >= 1
    facings: int
    skus: list[int]  # ascending


_GROUP = ["brand_id", "brand", "category_id", "category"]


def assortment(facings: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    """Group the SKUs that are there; most SKUs first, ties by brand and category."""
    return (
        facings.filter(~pl.col("duplicate"), pl.col("sku_id").is_not_null())
        .group_by("sku_id")
        .len("facings")
        .join(skus.select("sku_id", *_GROUP), on="sku_id", how="left")
        .group_by(_GROUP)
        .agg(
            pl.len().cast(pl.Int64).alias("sku_count"),
            pl.col("facings").sum().cast(pl.Int64),
            pl.col("sku_id").sort().alias("skus"),
        )
        .sort(
            ["sku_count", "brand_id", "category_id", "brand", "category"],
            descending=[True, False, False, False, False],
            nulls_last=True,
        )
    )


REPORT = Report("ASSORTMENT", row=Assortment, compute=assortment)
