"""Crops of real products."""

import numpy as np
import pytest

from training.real_crops import Picture, plain_crop, real_crop
from training.shelf_crops import HEIGHT, WIDTH
from training.sku_views import PhotographedSkus, mixed

GREY, RED = (90, 90, 90), (220, 20, 20)


def picture(height: int = 120, width: int = 60, margin: int = 30) -> Picture:
    """A red product on grey ground."""
    pixels = np.full((height + 2 * margin, width + 2 * margin, 3), GREY, np.uint8)
    pixels[margin : margin + height, margin : margin + width] = RED
    return Picture(pixels, margin)


def test_a_plain_crop_is_the_product_alone():
    """Nothing of its surroundings."""
    assert (120, 60, 3) == plain_crop(picture()).shape
    assert np.all(plain_crop(picture()) == RED)


@pytest.mark.parametrize("margin", [0, 30])
def test_a_crop_depends_on_the_seed_alone(margin: int):
    """The same random numbers give the same crop, of the embedder's input size."""
    one, other = (real_crop(np.random.default_rng(8), picture(margin=margin)) for _ in range(2))

    assert (HEIGHT, WIDTH, 3) == one.shape
    assert np.array_equal(one, other)


def test_a_crop_shows_mostly_the_product():
    """Whatever box and camera: red is what is seen most, over many crops."""
    rng = np.random.default_rng(0)
    crops = np.stack([real_crop(rng, picture()) for _ in range(30)]).astype(float)

    assert (crops[..., 0] > crops[..., 1] * 1.5).mean() > 0.6


def test_skus_of_several_sources_have_numbers_of_their_own():
    """Two views of each, one after the other; a SKU of one picture is seen twice."""
    few = PhotographedSkus({"a": [picture()], "b": [picture(), picture(80)]})
    more = PhotographedSkus({name: [picture()] for name in "cdefg"})

    views, skus = mixed(np.random.default_rng(0), [few, more], [2, 3])

    assert (10, HEIGHT, WIDTH, 3) == views.shape
    assert np.array_equal(skus[0::2], skus[1::2])
    assert {0, 1} == set(skus[:4].tolist())
    assert 3 == len(set(skus[4:].tolist()))
    assert set(skus[4:].tolist()) <= {2, 3, 4, 5, 6}
