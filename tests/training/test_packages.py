"""Every kind of pack can be drawn, fills its picture and is the same again for the same seed."""

import numpy as np
import pytest

from training.brands import KINDS, Brand, PackageKind
from training.materials import Materials
from training.packages import LONG_SIDE, draw_package

BARE = Materials()  # neither fonts nor pictures: Pillow's letters, no photos


def brand(kind: PackageKind, seed: int) -> Brand:
    """A brand of one kind, with words in signs for odd seeds."""
    colours = ((200, 30, 30), (250, 240, 200), (30, 90, 160), (20, 20, 30))
    shape = float(np.mean(kind.width_to_height))
    return Brand("Kalo", colours, "", "", kind, 20, shape, seed, signs=bool(seed % 2))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_pack_fills_its_picture(kind: PackageKind, seed: int):
    """A picture has four channels and shows a pack, not empty space."""
    picture = draw_package(brand(kind, seed), 7, BARE)
    height, width, channels = picture.shape

    assert (4, np.uint8) == (channels, picture.dtype)
    assert max(height, width) <= 1.4 * LONG_SIDE
    assert (picture[..., 3] > 100).mean() > 0.4


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_same_variant_looks_the_same(kind: PackageKind):
    """Brand and variant decide every pixel; another variant looks different."""
    one, again = (draw_package(brand(kind, 2), 7, BARE) for _ in range(2))
    other = draw_package(brand(kind, 2), 8, BARE)

    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
