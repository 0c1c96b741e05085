"""Photos that overlap are laid over each other, and shelves count over the whole scene."""

import numpy as np
import polars as pl
import pytest

from flows.reports.scene_shelves import across
from tests.reports.frames import frame

SHELVES, PRODUCTS, PITCH, HIGH = 5, 8, 100.0, 60.0  # of a fixture; pixels of the plane
TILT = np.array([[1.0, 0.02, 3.0], [-0.01, 1.0, 5.0], [1e-5, 2e-5, 1.0]])

Window = tuple[float, float, float, float]  # left, top, right, bottom of a photo on the plane


def shoot(*windows: Window, matrix: np.ndarray = TILT) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Photograph a fixture: facings as each photo counts them, and where the photos lie."""
    rows, places = list[tuple[float, ...]](), list[tuple[int, list[float]]]()
    for image, (left, top, right, bottom) in enumerate(windows, 1):
        there = matrix @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1]])
        places.append((image, there.ravel().tolist()))
        whole = [
            (shelf, place)
            for shelf in range(SHELVES)
            for place in range(PRODUCTS)
            if left <= place * 50 and place * 50 + 40 <= right
            if top <= shelf * PITCH and shelf * PITCH + HIGH <= bottom
        ]
        first = min(shelf for shelf, _ in whole)
        rows += [
            (image, s - first, p, 100 * s + p, 50 * p - left, PITCH * s - top) for s, p in whole
        ]
    table = "image_id shelf_index position_index sku_id x1 y1 x2 y2\n" + "\n".join(
        f"{i} {s} {p} {sku} {x} {y} {x + 40} {y + HIGH}" for i, s, p, sku, x, y in rows
    )
    schema = frame("placements").schema
    return frame("facings", table), pl.DataFrame(places, schema=schema, orient="row")


def true_shelves(facings: pl.DataFrame) -> list[int]:
    """What each facing's SKU says its shelf is."""
    return (facings["sku_id"] // 100).to_list()


@pytest.mark.parametrize(
    "windows",
    [
        [(0, 0, 400, 280), (0, 190, 400, 500)],  # above each other, a shelf in common
        [(0, 0, 400, 200), (0, 190, 400, 500)],  # none in common
        [(0, 0, 250, 500), (150, 95, 400, 500)],  # beside each other, one from further below
        [(0, 190, 250, 500), (0, 0, 250, 280), (150, 190, 400, 500), (150, 0, 400, 280)],
    ],
)
def test_shelves_count_over_the_scene(windows: list[Window]):
    """However the photos lie, each facing is on the shelf it really stands on."""
    facings, placements = shoot(*windows)
    laid = across(facings, placements)

    assert true_shelves(facings) == laid["shelf_index"].to_list()
    assert not laid["shelf_index"].equals(facings["shelf_index"])
    assert facings["facing_id"].equals(laid["facing_id"])
    assert [1] == laid["view"].unique().to_list()


def test_boxes_lie_on_the_plane():
    """So that the same product, seen twice, has one place."""
    facings, placements = shoot((0, 0, 250, 500), (150, 0, 400, 500))
    laid = across(facings, placements)
    seen_twice = laid.filter(pl.col("sku_id").is_duplicated()).group_by("sku_id")
    sides = pl.col("x1", "y1", "x2", "y2")
    apart = seen_twice.agg(sides.max() - sides.min()).drop("sku_id")

    assert apart.shape == (10, 4)
    assert apart.to_numpy().max() < 1


def test_a_photo_without_a_place_stays_as_it_is():
    """It is a view of its own; with all but one unplaced nothing is laid anywhere."""
    facings, placements = shoot((0, 0, 400, 280), (0, 190, 400, 500), (0, 0, 400, 500))
    lost = pl.when(pl.col("image_id") < 3).then("homography")
    laid = across(facings, placements.with_columns(lost))
    third = pl.col("image_id") == 3
    only_one = across(facings, placements.with_columns(pl.when(third).then("homography")))

    assert laid.filter(third).drop("view").equals(facings.filter(third))
    assert [1, 3] == laid["view"].unique().sort().to_list()
    assert only_one.drop("view").equals(facings)
    assert only_one["view"].equals(facings["image_id"], check_names=False)


def test_what_stands_on_no_shelf_stays_there():
    """Its box is not laid on the plane either."""
    facings, placements = shoot((0, 0, 400, 280), (0, 190, 400, 500))
    off = pl.when(facing_id=0).then(-1).otherwise("shelf_index").cast(pl.Int32)
    facings = facings.with_columns(off.alias("shelf_index"))
    laid = across(facings, placements)

    assert facings.row(0) == laid.drop("view").row(0)


def test_heights_that_contradict_a_photo_number_nothing():
    """A plane on which a photo stands on its head is none to count shelves on."""
    head_down = np.diag([1.0, -1.0, 1.0])
    facings, placements = shoot((0, 0, 400, 280), (0, 190, 400, 500), matrix=head_down)

    assert across(facings, placements).drop("view").equals(facings)


def test_a_shelf_seen_at_both_ends_is_one():
    """Also when nothing stands on it in the strip that two photos share."""
    facings, placements = shoot((0, 0, 250, 500), (150, 0, 400, 500))
    middle = pl.col("sku_id").is_between(2, 6)
    laid = across(facings.filter(~middle), placements)

    assert {1, 2} == set(laid.filter(shelf_index=0)["image_id"])
    assert true_shelves(facings.filter(~middle)) == laid["shelf_index"].to_list()
