"""Embeddings as they are stored."""

import numpy as np

from inference.vectors import from_facts, from_records

VECTORS = np.array([[0.5, -0.25, 1.0], [0.0, 2.0, -8.0]], np.float32)


def test_stored_embeddings_are_read_back():
    """Half precision from facts, single from records; both become float32."""
    halves = [vector.astype("<f2").tobytes() for vector in VECTORS]
    singles = [vector.tobytes() for vector in VECTORS]

    for read in (from_facts(halves, 3), from_records(singles, 3)):
        assert np.float32 == read.dtype
        assert (read == VECTORS).all()


def test_no_embeddings_are_an_empty_table():
    """With the width of all others."""
    assert (0, 3) == from_facts([], 3).shape == from_records([], 3).shape
