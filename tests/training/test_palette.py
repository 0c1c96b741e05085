"""The palette stands for the colours that are there."""

import numpy as np

from training.palette import COLOURS, palette


def test_every_colour_there_is_has_one_nearby():
    """Also the rare one; hue counts, lightness little."""
    rng = np.random.default_rng(0)
    pixels = rng.normal(size=(8000, 3)) * [20, 15, 15] + [50, 0, 0]
    pixels[:80] = [50, 90, 60]

    found = palette(pixels, lightness=0.1)

    apart = np.linalg.norm((pixels[::40, None] - found) * [0.1, 1, 1], axis=2).min(axis=1)
    assert (COLOURS, 3) == found.shape
    assert apart.mean() < 5
    assert np.linalg.norm(found[:, 1:] - [90, 60], axis=1).min() < 5


def test_the_same_pixels_make_the_same_palette():
    """Else the embedder's key would change from run to run."""
    pixels = np.random.default_rng(1).normal(size=(2000, 3)) * 20

    assert np.array_equal(palette(pixels, 0.1), palette(pixels, 0.1))
