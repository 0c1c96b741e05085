"""SHARE_OF_SPACE: each SKU's share of the shelf, by facings and by width.

Definition: numerator = the SKU's facings (count, or summed width in pixels); denominator = all
facings of the scene, unidentified ones included, duplicates left out. The shares of a scene
therefore add up to less than 1 when some facings are not identified. With the option
`share_of_space_of` = photos the denominator of the width is the length of all shelves in the
photos, empty places included: the width of each photo, once for each of its shelves.
Source: docs/reports.md#share_of_space
"""

import msgspec
import polars as pl

from flows.reports.contract import Report

WIRE_DECIMALS = 6


class ShareOfSpace(msgspec.Struct, frozen=True):
    """One SKU of the scene."""

    sku_id: int
    share_of_count: float  # ratio 0-1
    share_of_space: float  # ratio 0-1


def share_of_space(
    facings: pl.DataFrame, photos: pl.DataFrame, shelves: pl.DataFrame, options: pl.DataFrame
) -> pl.DataFrame:
    """Share per SKU, widest first, ties by sku_id; sums run in a fixed order."""
    counted = (
        facings.filter(~pl.col("duplicate"))
        .sort("image_id", "facing_id")
        .with_columns((pl.col("x2").cast(pl.Float64) - pl.col("x1")).alias("width"))
    )
    of_photos = options["share_of_space_of"].to_list() == ["photos"]
    space = _length(photos, shelves) if of_photos else counted["width"].sum()
    return (
        counted.filter(pl.col("sku_id").is_not_null())
        .group_by("sku_id", maintain_order=True)
        .agg(
            (pl.len() / counted.height).round(WIRE_DECIMALS).alias("share_of_count"),
            (pl.col("width").sum() / space).round(WIRE_DECIMALS).alias("share_of_space"),
        )
        .sort(["share_of_space", "sku_id"], descending=[True, False])
    )


def _length(photos: pl.DataFrame, shelves: pl.DataFrame) -> float:
    """Pixels of all shelves, each as long as its photo is wide."""
    return float(shelves.join(photos, on="image_id")["width"].sum())


REPORT = Report("SHARE_OF_SPACE", row=ShareOfSpace, compute=share_of_space)
