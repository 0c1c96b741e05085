"""Which SKUs are in the scene, as every report about lists counts them."""

import polars as pl

WIRE_DECIMALS = 6


def facings_per_sku(facings: pl.DataFrame) -> dict[int, int]:
    """Facings that are not duplicates by sku_id; what was not identified is left out."""
    counted = (
        facings.filter(~pl.col("duplicate"), pl.col("sku_id").is_not_null())
        .group_by("sku_id")
        .len()
    )
    return dict(counted.iter_rows())
