"""PANORAMA: the photos of the scene as one picture, and where each of them lies in it.

Definition: photos that overlap are laid over each other on the plane of the shelf, turned so that
the shelves run level; the largest group of photos that hang together is drawn.
Source: docs/reports.md#panorama
"""

import msgspec
import polars as pl

from flows.reports.contract import Report


class Placement(msgspec.Struct, frozen=True):
    """One photo that is in the picture."""

    image: int
    homography: list[float]  # row-major 3 x 3: pixels of the photo to pixels of the panorama


class Panorama(msgspec.Struct, frozen=True):
    """The picture of the scene; null when no two of its photos overlap."""

    image_url: str | None
    width: int | None  # pixels
    height: int | None
    photos: list[Placement]  # in the order they were sent
    unplaced: list[int]  # images that are not in the picture, those not readable included


def panorama(
    photos: pl.DataFrame, placements: pl.DataFrame, panorama: pl.DataFrame
) -> msgspec.Struct:
    """Say where the picture is and which photo lies where."""
    ordered = photos.sort("position", "image_id").join(
        placements, on="image_id", how="left", maintain_order="left"
    )
    placed = ordered.filter(pl.col("homography").is_not_null())
    picture = panorama.row(0, named=True) if len(panorama) else {}
    return Panorama(
        image_url=picture.get("url"),
        width=picture.get("width"),
        height=picture.get("height"),
        photos=[Placement(*row) for row in placed.select("image_id", "homography").iter_rows()],
        unplaced=ordered.filter(pl.col("homography").is_null())["image_id"].to_list(),
    )


REPORT = Report("PANORAMA", shape=Panorama, compute=panorama)
