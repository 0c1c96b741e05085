"""Drawn scenes: repeatable, and true to their own pixels."""

import numpy as np
import pytest

from training.materials import Materials
from training.packages import Package, package_library
from training.plane import GAP, PRICE_TAG
from training.shelves import IGNORED, ShelfScene, draw_scene

SIZE = (400, 300)
BARE = Materials()  # neither fonts nor pictures: Pillow's letters, clouds for pictures


@pytest.fixture(scope="module")
def library() -> list[Package]:
    """A few brands."""
    return package_library(3, 4, BARE)


def scene(library: list[Package], seed: int) -> ShelfScene:
    """Draw a small scene."""
    return draw_scene(np.random.default_rng(seed), library, SIZE, BARE)


def test_same_seed_gives_the_same_scene(library: list[Package]):
    """Pixels and truth depend on the seed alone."""
    one, other = scene(library, 5), scene(library, 5)

    assert np.array_equal(one.photo, other.photo)
    assert np.array_equal(one.boxes, other.boxes)
    assert one.prices == other.prices


def test_another_seed_gives_another_scene(library: list[Package]):
    """Scenes differ."""
    assert not np.array_equal(scene(library, 5).photo, scene(library, 6).photo)


def test_same_seed_gives_the_same_library():
    """SKUs depend on the seed alone."""
    one, other = package_library(9, 2, BARE), package_library(9, 2, BARE)

    assert [p.height_cm for p in one] == [p.height_cm for p in other]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_boxes_lie_inside_the_photo(library: list[Package], seed: int):
    """No box leaves the photo, none is empty."""
    boxes = scene(library, seed).boxes

    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= SIZE).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_products_carry_their_sku_and_tags_their_price(library: list[Package]):
    """What is a product has a SKU, what is a price tag has a price."""
    drawn = scene(library, 1)
    tags = drawn.labels == PRICE_TAG
    prices = np.array(drawn.prices)

    assert set(drawn.labels.tolist()) <= {0, 1, 2, IGNORED}
    assert (drawn.skus[drawn.labels == 0] >= 0).all()
    assert (prices[tags] != "").all()


def test_some_scenes_show_gaps(library: list[Package]):
    """Empty places carry neither SKU nor price, and are never the rule."""
    scenes = [scene(library, seed) for seed in range(30)]
    with_gaps = [drawn for drawn in scenes if (drawn.labels == GAP).any()]
    gaps = [drawn.labels == GAP for drawn in with_gaps]

    assert 4 <= len(with_gaps) <= 20
    assert all((d.skus[g] == -1).all() for d, g in zip(with_gaps, gaps, strict=True))
    assert all(set(np.array(d.prices)[g]) == {""} for d, g in zip(with_gaps, gaps, strict=True))


def test_gaps_hold_no_product(library: list[Package]):
    """Where a place is empty, no product of the front row stands."""
    for seed in range(30):
        drawn = scene(library, seed)
        for gap in drawn.boxes[drawn.labels == GAP]:
            middle = (gap[:2] + gap[2:]) / 2
            products = drawn.boxes[drawn.labels == 0]
            inside = (products[:, :2] < middle).all(1) & (middle < products[:, 2:]).all(1)
            assert not inside.any()
