"""Shelves of a scene, where photos that overlap show the same ones.

Each photo numbers its shelves from its own top. On the plane on which the photos lie beside and
above each other, shelves at one height in the strip that two photos share are one shelf.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

_NEAR = 0.5  # of a facing's height: so far apart in height shelves may be that are one
_SIDES = ["x1", "y1", "x2", "y2"]

Shelf = tuple[int, int]  # image_id, shelf_index in that photo
Reals = NDArray[np.float64]
Feet = dict[Shelf, Reals]  # (n, 2) on the plane: where the facings of a shelf stand


def across(facings: pl.DataFrame, placements: pl.DataFrame) -> pl.DataFrame:
    """Lay the photos that overlap over each other, and number shelves over the whole scene.

    Args:
        facings: as `flows.reports.frames` has them, duplicates included.
        placements: as there; pixels of a photo to those of a plane on which shelves run level.

    Returns:
        The facings in their order, with `view`, the photo their box is measured in. Photos with a
        place are one view, their boxes lie on the plane, their shelves count from its top. A photo
        without one stays as it is; so do all where heights on the plane contradict the order of
        the shelves in a photo.
    """
    alone = facings.with_columns(pl.col("image_id").alias("view"))
    places = dict(placements.drop_nulls("homography").iter_rows())
    placed = pl.col("image_id").is_in(list(places)) & (pl.col("shelf_index") >= 0)
    standing = facings.filter(placed)
    if standing["image_id"].n_unique() <= 1:
        return alone
    boxes = _on_plane(standing, places)
    numbers = _numbers(*_feet(standing, boxes))
    if not _keeps_order(numbers):
        return alone
    shelves = standing.select("image_id", "shelf_index").iter_rows()
    laid = standing.select("image_id", "facing_id").with_columns(
        *(pl.Series(side, boxes[:, at], pl.Float32) for at, side in enumerate(_SIDES)),
        pl.Series("shelf_index", [numbers[shelf] for shelf in shelves], pl.Int32),
        pl.lit(min(places), pl.Int64).alias("view"),
    )
    return alone.update(laid, on=["image_id", "facing_id"])


def _on_plane(facings: pl.DataFrame, places: Mapping[int, list[float]]) -> Reals:
    """The boxes on the plane, (n, 4): left and right by the middle's height, top and foot."""
    boxes = facings.select(_SIDES).to_numpy().astype(np.float64)
    matrices = np.array([places[image] for image in facings["image_id"]]).reshape(-1, 3, 3)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    left, right = (_project(boxes[:, side], y, matrices)[:, 0] for side in (0, 2))
    top, foot = (_project(x, boxes[:, side], matrices)[:, 1] for side in (1, 3))
    return np.stack([left, top, right, foot], 1)


def _project(x: Reals, y: Reals, matrices: Reals) -> Reals:
    """Map n points, each by a homography of its own."""
    there = np.einsum("nij,nj->ni", matrices, np.stack([x, y, np.ones(len(x))], 1))
    return np.asarray(there[:, :2] / there[:, 2:])


def _feet(facings: pl.DataFrame, boxes: Reals) -> tuple[Feet, float]:
    """Where facings stand, by shelf, and how far apart in height feet of one shelf may be."""
    found: dict[Shelf, list[Reals]] = {}
    for shelf, (left, _, right, foot) in zip(
        facings.select("image_id", "shelf_index").iter_rows(), boxes, strict=True
    ):
        found.setdefault(shelf, []).append(np.array([(left + right) / 2, foot]))
    near = _NEAR * float(np.median(boxes[:, 3] - boxes[:, 1]))
    return {shelf: np.stack(found[shelf]) for shelf in sorted(found)}, near


def _numbers(feet: Feet, near: float) -> dict[Shelf, int]:
    """Put together what is one shelf, the nearest pairs first, and number it from the top."""
    group: dict[Shelf, set[Shelf]] = {shelf: {shelf} for shelf in feet}
    for _, one, other in sorted(_pairs(feet, near)):
        images = [image for image, _ in group[one] | group[other]]
        if group[one] is not group[other] and len(images) == len(set(images)):
            group[one] |= group[other]
            group.update(dict.fromkeys(group[one], group[one]))
    heights = {
        min(shelves): float(np.median(np.concatenate([feet[one][:, 1] for one in sorted(shelves)])))
        for shelves in group.values()
    }
    order = sorted(heights, key=lambda first: (heights[first], first))
    return {shelf: order.index(min(group[shelf])) for shelf in feet}


def _pairs(feet: Feet, near: float) -> Iterator[tuple[float, Shelf, Shelf]]:
    """Pairs of shelves of two photos at one height, and how far their heights are apart."""
    for one, other in combinations(sorted({image for image, _ in feet}), 2):
        here, there = ({s: feet[s] for s in feet if s[0] == image} for image in (one, other))
        left = max(min(float(p[:, 0].min()) for p in photo.values()) for photo in (here, there))
        right = min(max(float(p[:, 0].max()) for p in photo.values()) for photo in (here, there))
        for a, b in product(here, there):
            apart = _apart(feet[a], feet[b], left, right)
            if apart <= near:
                yield apart, a, b


def _apart(one: Reals, other: Reals, left: float, right: float) -> float:
    """How far two shelves are apart in height, by their lowest feet: others stand on something.

    Where one of them has none in the strip both photos show, the planes of the photos may have
    drifted apart: the distance counts half.
    """
    inside = [feet[(feet[:, 0] >= left) & (feet[:, 0] <= right), 1] for feet in (one, other)]
    if all(len(heights) for heights in inside):
        return abs(float(inside[0].max() - inside[1].max()))
    return abs(float(one[:, 1].max() - other[:, 1].max())) / 2


def _keeps_order(numbers: Mapping[Shelf, int]) -> bool:
    pairs = zip(sorted(numbers), sorted(numbers)[1:], strict=False)
    return all(numbers[a] < numbers[b] for a, b in pairs if a[0] == b[0])
