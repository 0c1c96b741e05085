"""REALOGRAM: the shelf as measured, every box and shelf line, photo by photo.

Definition: all facings, unidentified ones (`sku_id` null) and duplicates (flagged) included.
`x`, `y` are the CENTRE of the box and `w`, `h` its size, in whole pixels of the upright photo.
Source: docs/reports.md#realogram
"""

import msgspec
import polars as pl

from flows.reports.contract import Report


class Annotation(msgspec.Struct, frozen=True):
    """One facing; centre and size in pixels."""

    sku_id: int | None
    x: int
    y: int
    h: int
    w: int
    duplicate: bool
    name: str | None


class ShelfAnnotation(msgspec.Struct, frozen=True):
    """One shelf line, left to right, pixels."""

    x1: int
    y1: int
    x2: int
    y2: int


class Realogram(msgspec.Struct, frozen=True):
    """One photo, in the order the photos were sent."""

    image: int
    annotations: list[Annotation]
    shelf_annotations: list[ShelfAnnotation]


def realogram(
    photos: pl.DataFrame, facings: pl.DataFrame, shelves: pl.DataFrame, skus: pl.DataFrame
) -> pl.DataFrame:
    """Boxes and lines per photo; boxes by shelf and position, lines from the top."""
    boxes = _per_photo(_annotations(facings, skus), "annotations", Annotation)
    lines = _per_photo(_lines(shelves), "shelf_annotations", ShelfAnnotation)
    return (
        photos.sort("position")
        .select("image_id")
        .join(boxes, on="image_id", how="left", maintain_order="left")
        .join(lines, on="image_id", how="left", maintain_order="left")
        .with_columns(pl.col("annotations", "shelf_annotations").fill_null([]))
        .rename({"image_id": "image"})
    )


def _annotations(facings: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    return (
        facings.sort("image_id", "shelf_index", "position_index", "facing_id")
        .join(skus.select("sku_id", "name"), on="sku_id", how="left", maintain_order="left")
        .with_columns(
            _pixels((pl.col("x1") + pl.col("x2")) / 2).alias("x"),
            _pixels((pl.col("y1") + pl.col("y2")) / 2).alias("y"),
            _pixels(pl.col("y2") - pl.col("y1")).alias("h"),
            _pixels(pl.col("x2") - pl.col("x1")).alias("w"),
        )
    )


def _lines(shelves: pl.DataFrame) -> pl.DataFrame:
    return shelves.sort("image_id", "shelf_index").with_columns(
        _pixels(pl.col("x1", "y1", "x2", "y2"))
    )


def _pixels(value: pl.Expr) -> pl.Expr:
    return value.round().cast(pl.Int64)


def _per_photo(rows: pl.DataFrame, name: str, struct: type[msgspec.Struct]) -> pl.DataFrame:
    """Gather the struct's fields into one list per photo, order kept."""
    return rows.group_by("image_id", maintain_order=True).agg(
        pl.struct(*struct.__struct_fields__).alias(name)
    )


REPORT = Report("REALOGRAM", row=Realogram, compute=realogram)
