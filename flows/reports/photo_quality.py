"""PHOTO_QUALITY: what each photo was worth to recognition.

Definition: the numbers of recognition as they are, and the codes of what may be wrong; `good` = the
photo was read and nothing may be wrong. The codes are explained in docs/reports.md#warnings.
Source: docs/reports.md#photo_quality
"""

import msgspec
import polars as pl

from flows.reports.contract import Report

WIRE_DECIMALS = 4
_NUMBERS = (
    *("sharpness", "brightness", "washed_out", "tilt_degrees"),
    *("product_pixels", "product_share", "screen_score"),
)


class PhotoQuality(msgspec.Struct, frozen=True):
    """One photo, in the order the photos were sent; numbers are null where there is no measure."""

    image: int
    good: bool
    reasons: list[str]  # codes
    status: str  # READY or ERROR
    problem: str | None  # why it could not be read
    facings: int
    capped: bool  # there are more than recognition may return
    sharpness: float | None  # edges that would fit side by side across the long side
    brightness: float | None  # mean, 0-1
    washed_out: float | None  # share that is as good as white, 0-1
    tilt_degrees: float | None  # above 0 = the right end of the shelves is lower
    product_pixels: float | None  # median short side
    product_share: float | None  # the same / long side of the photo, 0-1
    screen_score: float | None  # how far the grid of a screen stands out


def photo_quality(photos: pl.DataFrame) -> pl.DataFrame:
    """One row per photo, those that could not be read included."""
    numbers = (pl.col(n).cast(pl.Float64).round(WIRE_DECIMALS).fill_nan(None) for n in _NUMBERS)
    return photos.sort("position", "image_id").select(
        pl.col("image_id").alias("image"),
        ((pl.col("status") == "READY") & (pl.col("reasons").list.len().fill_null(0) == 0)).alias(
            "good"
        ),
        pl.col("reasons").fill_null([]),
        "status",
        "problem",
        pl.col("facing_count").alias("facings"),
        "capped",
        *numbers,
    )


REPORT = Report("PHOTO_QUALITY", row=PhotoQuality, compute=photo_quality)
