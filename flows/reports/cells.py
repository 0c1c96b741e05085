"""Two scenes side by side: facings then and now, per shelf and SKU."""

from collections import Counter

import polars as pl

NOBODY = -1  # in place of the SKU of facings that are not identified

Cells = dict[tuple[int, int], dict[int, tuple[int, int]]]


def cells_of(before: pl.DataFrame, now: pl.DataFrame) -> Cells:
    """Count the facings that are not duplicates.

    Returns:
        (rack_index, shelf_index) to sku_id to (facings then, facings now), all ascending.
    """
    old, new = _counted(before), _counted(now)
    cells: Cells = {}
    for rack, shelf, sku in sorted(old.keys() | new.keys()):
        at = rack, shelf, sku
        cells.setdefault((rack, shelf), {})[sku] = old[at], new[at]
    return cells


def _counted(facings: pl.DataFrame) -> Counter[tuple[int, int, int]]:
    counted = facings.filter(~pl.col("duplicate"))
    place = pl.col("rack_index"), pl.col("shelf_index"), pl.col("sku_id").fill_null(NOBODY)
    return Counter(counted.select(place).iter_rows())
