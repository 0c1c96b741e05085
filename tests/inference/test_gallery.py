"""Vectors become shortlists of SKUs."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.gallery import FEW, SHORTLIST, Gallery, load_gallery


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


def large(each: int, *, noise: float = 0.2) -> tuple[Gallery, np.ndarray]:
    """A gallery too large to compare with all of it, and facings that look like its SKUs."""
    skus = units(1, FEW // each + 1, 64)
    references = skus.repeat(each, axis=0) + noise / 8 * np.random.default_rng(2).normal(
        size=(len(skus) * each, 64)
    )
    facings = (
        skus[::7][:200]
        + noise / 8 * np.random.default_rng(3).normal(size=(200, 64))[: len(skus[::7][:200])]
    )
    lengths = np.linalg.norm(facings, axis=1, keepdims=True)
    gallery = Gallery(np.arange(len(skus)).repeat(each) * 3, references.astype("f4"), threads=2)
    return gallery, (facings / lengths).astype(np.float32)


@pytest.mark.parametrize("each", [1, 5, 40, 200], ids=lambda each: f"{each} references a SKU")
def test_a_large_gallery_is_searched_as_a_small_one(each: int):
    """Candidates from 8 bit, then exact cosines; also where one SKU fills many blocks."""
    gallery, facings = large(each)
    found, exact = gallery.search(facings), gallery.search_exactly(facings)

    assert (found.sku_ids[:, 0] == exact.sku_ids[:, 0]).all()
    assert (found.sku_ids == exact.sku_ids).all(axis=1).mean() > 0.98
    assert np.abs(found.scores - exact.scores).max() < 0.01
    assert np.abs(found.scores[:, 0] - exact.scores[:, 0]).max() < 1e-5


def test_threads_may_share_a_large_gallery():
    """Facings looked up side by side find what they find one after the other."""
    gallery, facings = large(5)
    parts = np.array_split(facings, 8)

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(gallery.search, parts * 3))

    alone = [gallery.search(part) for part in parts] * 3
    assert all(
        np.array_equal(one.sku_ids, other.sku_ids)
        for one, other in zip(alone, together, strict=True)
    )


def test_equal_references_of_a_large_gallery_go_to_the_lowest_id():
    """A tie is settled as in a small one; nothing to look up finds nothing."""
    vectors = np.concatenate([np.tile(units(5, 1), (9, 1)), units(6, FEW)])
    gallery = Gallery(np.arange(len(vectors))[::-1], vectors)

    last = len(vectors) - 1
    assert [last - 8, last - 7, last - 6, last - 5, last - 4] == sorted(
        gallery.search(vectors[:1]).sku_ids[0].tolist()
    )
    assert (0, SHORTLIST) == gallery.search(vectors[:0]).sku_ids.shape


def test_a_rival_is_the_other_sku_most_alike_to_the_reference_that_was_found():
    """The facing is near the second reference of SKU 7, whose rival is SKU 3."""
    references = np.stack([unit(0, 0, 1), unit(1, 0, 0), unit(0.6, 0.8, 0), unit(0, 1, 0)])
    gallery = Gallery(np.array([7, 7, 3, 4]), references)

    for _ in range(2):  # found, then remembered
        found = gallery.search(np.stack([unit(1, 0, 0.1), unit(0, 0.9, 1)]))

        assert [7, 7] == found.sku_ids[:, 0].tolist()
        assert np.allclose([0.6, 0], found.rivals)


def test_a_sku_alone_has_no_rival():
    """Nor has nobody."""
    vectors = units(0, 2)

    assert [0, 0] == Gallery(np.array([7, 7]), vectors).search(vectors).rivals.tolist()
    assert [0, 0] == load_gallery([]).search(vectors).rivals.tolist()


def test_rivals_of_a_large_gallery_are_the_exact_ones():
    """8 bit is only for finding them."""
    references = units(0, FEW + 10)
    gallery = Gallery(np.arange(len(references)), references)

    found = gallery.search(references[:20])

    cosines = references[:20] @ references.T
    cosines[np.arange(20), np.arange(20)] = -1
    assert np.allclose(cosines.max(axis=1), found.rivals, atol=1e-5)
