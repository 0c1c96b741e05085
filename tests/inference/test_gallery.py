"""Vectors become shortlists of SKUs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.gallery import SHORTLIST, Gallery, load_gallery


def unit(*values: float) -> np.ndarray:
    """A vector of length 1."""
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def units(seed: int, count: int, dimensions: int = 8) -> np.ndarray:
    """Vectors of length 1 in all directions."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_the_nearest_reference_leads():
    """A SKU with several references is there once, with its nearest; no SKU fills the rest."""
    references = np.stack([unit(1, 0, 0), unit(0, 1, 0), unit(0, 0, 1)])
    found = Gallery(np.array([7, 3, 7]), references).search(unit(0, 0.1, 1)[None])

    assert [[7, 3, -1, -1, -1]] == found.sku_ids.tolist()
    assert np.allclose([[0.995, 0.0995, 0, 0, 0]], found.scores, atol=0.001)


def test_stored_references_make_a_gallery():
    """Vectors come back from their bytes."""
    stored = [(7, unit(1, 0).tobytes()), (3, unit(0, 1).tobytes())]

    assert 3 == load_gallery(stored).search(unit(0.1, 1)[None]).sku_ids[0, 0]


@given(st.permutations([5, 2, 9, 4, 8, 1, 3]))
def test_ties_go_to_the_lowest_id(sku_ids: list[int]):
    """Equal references are listed by SKU, whatever their order."""
    near, far = unit(1, 2, 3), unit(1, 2, 2.9)
    vectors = np.stack([far if sku == 1 else near for sku in sku_ids])

    found = Gallery(np.array(sku_ids), vectors).search(np.tile(near, (2, 1)))

    assert all(set(row) <= {2, 3, 4, 5, 8, 9} for row in found.sku_ids.tolist())
    assert all(row == sorted(row) for row in found.sku_ids.tolist())
    assert [2, 2] == Gallery(np.array(sku_ids), np.tile(near, (7, 1))).search(
        np.tile(near, (2, 1))
    ).sku_ids[:, 1].tolist()


@pytest.mark.parametrize("vectors", [0, 3])
def test_an_empty_gallery_lists_nobody(vectors: int):
    """Without references every score is 0, and a number."""
    found = load_gallery([]).search(units(1, vectors))

    assert (vectors, SHORTLIST) == found.sku_ids.shape == found.scores.shape
    assert (found.sku_ids == -1).all()
    assert (found.scores == 0).all()


def test_no_vectors_no_shortlists():
    """A photo without products asks for nothing."""
    assert (0, SHORTLIST) == Gallery(np.array([1]), unit(1, 0)[None]).search(
        np.zeros((0, 2), np.float32)
    ).sku_ids.shape


@pytest.mark.parametrize("skus", [2, 5, 6, 90])
def test_search_equals_the_slow_version(skus: int):
    """Hundreds of vectors against hundreds of references, compared one by one."""
    references, vectors = units(1, 300), units(2, 600)
    sku_ids = np.random.default_rng(3).integers(0, skus, 300)

    found = Gallery(sku_ids, references).search(vectors)

    for row, vector in enumerate(vectors):
        best = {int(s): max((references[sku_ids == s] @ vector).tolist()) for s in set(sku_ids)}
        expected = sorted(best, key=lambda sku: -best[sku])[:SHORTLIST]
        width = len(expected)
        assert expected == found.sku_ids[row, :width].tolist()
        assert np.allclose([best[sku] for sku in expected], found.scores[row, :width], atol=1e-5)
        assert (found.sku_ids[row, width:] == -1).all()
