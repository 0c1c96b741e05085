"""Planogram and facings as arrays: one entry per face, in the order a shelf is read.

Widths and places of planned faces are in pixels of a typical photo of the scene, because products
in the photo are the only scale there always is.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNNAMED = -1  # sku of a facing that was not identified
MOST_FACES = 100_000  # of a planogram; a mistyped facing_x must not fill the memory
_DEFAULT_WIDTH = 100.0  # pixels, when there is nothing to measure


class TooManyFaces(Exception):
    """A planogram plans more faces than any shelf has."""


@dataclass(frozen=True)
class Planned:
    """The faces of a planogram, by rack, shelf and position; those of a stack from its top.

    Args:
        record: (f,) row of the planogram.
        sku: (f,) sku_id.
        shelf: (f,) row of `shelves`.
        x, width: (f,) middle from the left end of the planogram, and width; pixels.
        shelves: (p, 2) rack_index and shelf_index of each planned shelf, ascending.
        starts: (p + 1,) first face of each shelf.
    """

    record: Whole
    sku: Whole
    shelf: Whole
    x: Reals
    width: Reals
    shelves: Whole
    starts: Whole


@dataclass(frozen=True)
class Found:
    """The facings of a scene, by photo, rack, shelf and position.

    Args:
        row: (n,) number of the found shelf; `views` says which photo shows it.
        sku: (n,) sku_id, `UNNAMED` = null.
        x, width, top, bottom: (n,) pixels of the photo.
        counts: (n,) false = duplicate.
        views: (r,) number of the photo (and rack in it) that shows each found shelf; -1 = its
            facings are on no shelf (shelf_index below 0).
        starts: (r + 1,) first facing of each found shelf.
        images: upload id of the photo of each view.
        sizes: (v, 2) width and height of that photo, pixels.
        read: how many photos could be read, with facings or without.
    """

    row: Whole
    sku: Whole
    x: Reals
    width: Reals
    top: Reals
    bottom: Reals
    counts: Flags
    views: Whole
    starts: Whole
    images: list[int]
    sizes: Reals
    read: int


def sort_facings(facings: pl.DataFrame) -> pl.DataFrame:
    """The order of `Found`."""
    return facings.sort("image_id", "rack_index", "shelf_index", "position_index", "facing_id")


def found_faces(facings: pl.DataFrame, photos: pl.DataFrame) -> Found:
    """Arrays of sorted facings; a photo without a size is as large as its boxes reach."""
    box = {side: facings[side].cast(pl.Float64).to_numpy() for side in ("x1", "y1", "x2", "y2")}
    view = _numbers(facings, "image_id", "rack_index")
    row = _numbers(facings, "image_id", "rack_index", "shelf_index")
    starts = _starts(row)
    images = facings["image_id"].gather(_starts(view)[:-1]).to_list()
    return Found(
        row=row,
        sku=facings["sku_id"].fill_null(UNNAMED).to_numpy(),
        x=(box["x1"] + box["x2"]) / 2,
        width=box["x2"] - box["x1"],
        top=box["y1"],
        bottom=box["y2"],
        counts=~facings["duplicate"].to_numpy(),
        views=np.where(facings["shelf_index"].to_numpy()[starts[:-1]] < 0, -1, view[starts[:-1]]),
        starts=starts,
        images=images,
        sizes=_sizes(facings, photos, images),
        read=photos.filter(pl.col("status") != "ERROR").height,
    )


def _sizes(facings: pl.DataFrame, photos: pl.DataFrame, images: list[int]) -> Reals:
    """(v, 2): a photo without a size is as large as its boxes reach."""
    reach = facings.group_by("image_id").agg(pl.col("x2", "y2").max().cast(pl.Float64))
    sizes = (
        pl.DataFrame({"image_id": images}, schema={"image_id": pl.Int64})
        .join(reach, on="image_id", how="left", maintain_order="left")
        .join(photos, on="image_id", how="left", maintain_order="left")
        .select(pl.coalesce("width", "x2"), pl.coalesce("height", "y2"))
    )
    return sizes.to_numpy()


def planned_faces(planogram: pl.DataFrame, found: Found, skus: pl.DataFrame) -> Planned:
    """Arrays of a planogram in its order, a face for each of facing_x times facing_y.

    Raises:
        TooManyFaces: there are more than `MOST_FACES`.
    """
    _check_size(planogram)
    stack = planogram["facing_y"].to_numpy().astype(np.int64)
    columns = planogram["facing_x"].to_numpy().astype(np.int64)
    of_column = np.repeat(np.arange(planogram.height), columns)
    widths = _widths(planogram, found, skus)[of_column]
    shelf_of_column = _numbers(planogram, "rack_index", "shelf_index")[of_column]
    middle = np.cumsum(widths) - widths / 2
    first = _starts(shelf_of_column)
    ends = np.append(0.0, np.cumsum(widths))
    shelf_widths = ends[first[1:]] - ends[first[:-1]]
    shelves = planogram["rack_index", "shelf_index"].unique(maintain_order=True).to_numpy()
    offsets = _rack_offsets(shelves[:, 0], shelf_widths)
    middle += (offsets - ends[first[:-1]])[shelf_of_column]
    of_face = np.repeat(np.arange(len(of_column)), stack[of_column])
    return Planned(
        record=of_column[of_face],
        sku=planogram["sku_id"].to_numpy()[of_column[of_face]],
        shelf=shelf_of_column[of_face],
        x=middle[of_face],
        width=widths[of_face],
        shelves=shelves.astype(np.int64),
        starts=_starts(shelf_of_column[of_face]),
    )


def _check_size(planogram: pl.DataFrame) -> None:
    faces = planogram.select(pl.col("facing_x").cast(pl.Float64) * pl.col("facing_y")).sum().item()
    if faces > MOST_FACES:
        raise TooManyFaces(
            f"The planogram plans {faces:,.0f} faces, {MOST_FACES:,} at most are compared: "
            "correct facing_x and facing_y of its records."
        )


def _rack_offsets(racks: Whole, shelf_widths: Reals) -> Reals:
    """(p,): where the rack of each shelf begins: racks are as wide as their widest shelf."""
    widest = [shelf_widths[racks == rack].max() for rack in np.unique(racks)]
    begins = np.append(0.0, np.cumsum(widest))
    return begins[np.unique(racks, return_inverse=True)[1]]


def _widths(planogram: pl.DataFrame, found: Found, skus: pl.DataFrame) -> Reals:
    """(records,): width of a face in pixels: planned or known mm, else as measured."""
    sizes = skus.select("sku_id", pl.col("size_x_mm").cast(pl.Float64))
    measured = (
        pl.DataFrame({"sku_id": found.sku, "pixels": found.width})
        .group_by("sku_id")
        .agg(pl.col("pixels").median())
    )
    known = (
        planogram.select("sku_id", pl.col("width").cast(pl.Float64))
        .join(sizes, on="sku_id", how="left", maintain_order="left")
        .join(measured, on="sku_id", how="left", maintain_order="left")
        .select(pl.coalesce("width", "size_x_mm").alias("mm"), "pixels")
    )
    scale = known.select((pl.col("pixels") / pl.col("mm")).median()).item() or 1.0
    typical = float(np.median(found.width)) if len(found.width) else _DEFAULT_WIDTH
    return (
        known.select(pl.coalesce(pl.col("mm") * scale, "pixels", pl.lit(typical)))
        .to_series()
        .to_numpy()
    )


def _numbers(frame: pl.DataFrame, *columns: str) -> Whole:
    """Number the groups of equal neighbouring rows from 0."""
    if frame.is_empty():
        return np.zeros(0, np.int64)
    keys = frame.select(columns).to_numpy()
    changes = np.append(False, (keys[1:] != keys[:-1]).any(axis=1))
    return np.cumsum(changes)


def _starts(numbers: Whole) -> Whole:
    """First entry of each group of ascending numbers, and the length at the end."""
    groups = int(numbers[-1]) + 1 if len(numbers) else 0
    return np.searchsorted(numbers, np.arange(groups + 1))
