"""Crops for the embedder."""

import numpy as np

from training.materials import Materials
from training.packages import package_library
from training.shelf_crops import HEIGHT, WIDTH, packshot, shelf_crop


def test_crop_depends_on_the_seed_alone():
    """The same random numbers give the same crop, of the embedder's input size."""
    library = package_library(1, 2, Materials())
    one, other = (shelf_crop(np.random.default_rng(8), library[0], library) for _ in range(2))

    assert (HEIGHT, WIDTH, 3) == one.shape == packshot(library[0]).shape
    assert np.array_equal(one, other)
