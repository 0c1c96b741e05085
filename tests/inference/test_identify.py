"""Crops become vectors, vectors become SKUs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inference.detect import Detector
from inference.errors import BadCard
from inference.identify import Embedder, Gallery, load_gallery
from inference.runtime import Runtime
from tests.inference import tiny
from tests.inference.jpegs import blocks


def unit(*values: float) -> np.ndarray:
    """A vector of length 1."""
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def crop_boxes(count: int) -> np.ndarray:
    """Boxes spread over a photo of 800 x 600."""
    rng = np.random.default_rng(count)
    corners = rng.uniform(0, 400, (count, 2))
    return np.concatenate([corners, corners + rng.uniform(5, 190, (count, 2))], 1).astype("f4")


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 70])
def test_every_box_gets_its_vector(embedder: Embedder, count: int):
    """Whatever the number of boxes, each gets the vector it would get alone."""
    photo, boxes = blocks(800, 600), crop_boxes(count)

    together = embedder.embed(photo, boxes)

    alone = [embedder.embed(photo, box[None])[0] for box in boxes]
    assert (count, tiny.DIMENSIONS) == together.shape
    assert np.allclose(np.array(alone).reshape(-1, tiny.DIMENSIONS), together, atol=1e-5)
    assert np.allclose(1, np.linalg.norm(together, axis=1), atol=1e-5)


def test_a_vector_shows_its_crop(embedder: Embedder):
    """The tiny network's vector is the colour of each quarter of the crop."""
    photo = blocks(400, 400)
    crop = photo[100:228, 200:296].astype(np.float32)
    quarters = crop.reshape(2, 64, 2, 48, 3).mean(axis=(1, 3)).transpose(2, 0, 1) - 100

    vector = embedder.embed(photo, np.array([[200, 100, 296, 228]], np.float32))[0]

    assert np.allclose(unit(*quarters.ravel()), vector, atol=1e-4)


def test_a_whole_picture_is_one_crop(embedder: Embedder):
    """A packshot is embedded as a crop that covers it."""
    photo = blocks(300, 500)
    whole = np.array([[0, 0, 300, 500]], np.float32)

    assert np.array_equal(embedder.embed(photo, whole)[0], embedder.embed_whole(photo))


@given(box=hnp.arrays(np.float32, 4, elements=st.floats(-50, 150, width=32)))
def test_any_box_can_be_embedded(embedder: Embedder, box: np.ndarray):
    """Boxes that are thin, turned around or outside still give a vector."""
    vector = embedder.embed(blocks(100, 80), box[None])[0]

    assert np.isfinite(vector).all()


def test_the_nearest_reference_names_the_sku():
    """A SKU with several references is found through its nearest."""
    gallery = Gallery(
        np.array([7, 3, 7]), np.stack([unit(1, 0, 0), unit(0, 1, 0), unit(0, 0, 1)]), 0.5
    )

    match = gallery.nearest(np.stack([unit(0, 0.1, 1), unit(0, 1, 0.2)]))

    assert [7, 3] == match.sku_ids.tolist()
    assert np.allclose([0.995, 0.981], match.scores, atol=0.001)


def test_stored_references_make_a_gallery():
    """Vectors come back from their bytes; none at all make an empty gallery."""
    stored = [(7, unit(1, 0).tobytes()), (3, unit(0, 1).tobytes())]

    assert [3] == load_gallery(stored, 0.5).nearest(unit(0.1, 1)[None]).sku_ids.tolist()
    assert [-1] == load_gallery([], 0.5).nearest(unit(0.1, 1)[None]).sku_ids.tolist()


def test_below_the_threshold_nobody_is_named():
    """The score is still that of the nearest."""
    match = Gallery(np.array([7]), unit(1, 0)[None], 0.9).nearest(unit(1, 1)[None])

    assert [-1] == match.sku_ids.tolist()
    assert pytest.approx(0.7071, abs=1e-4) == match.scores[0]


@given(st.permutations([5, 2, 9, 4]))
def test_ties_go_to_the_lowest_id(sku_ids: list[int]):
    """Equal references are settled by SKU, not by their order."""
    gallery = Gallery(np.array(sku_ids), np.tile(unit(1, 2, 3), (4, 1)), 0.5)

    assert [2, 2] == gallery.nearest(np.tile(unit(1, 2, 3), (2, 1))).sku_ids.tolist()


def test_an_empty_gallery_names_nobody():
    """Without references every score is 0, and a number."""
    match = Gallery(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), 0.5).nearest(
        np.stack([unit(1, 0, 0)] * 3)
    )

    assert ([-1, -1, -1], [0, 0, 0]) == (match.sku_ids.tolist(), match.scores.tolist())


def test_no_vectors_no_matches():
    """A photo without products asks for nothing."""
    match = Gallery(np.array([1]), unit(1, 0)[None], 0.5).nearest(np.zeros((0, 2), np.float32))

    assert ((0,), (0,)) == (match.sku_ids.shape, match.scores.shape)


def test_search_equals_the_slow_version():
    """Hundreds of vectors against hundreds of references, compared one by one."""
    rng = np.random.default_rng(1)
    references, vectors = rng.normal(size=(300, 8)), rng.normal(size=(600, 8))
    references /= np.linalg.norm(references, axis=1, keepdims=True)
    sku_ids = rng.integers(0, 90, 300)

    match = Gallery(sku_ids, references.astype(np.float32), -1.0).nearest(vectors.astype("f4"))

    expected = [sku_ids[np.argmax([v @ r for r in references])] for v in vectors]
    assert expected == match.sku_ids.tolist()


def test_a_detector_is_no_embedder(runtime: Runtime, detector: Detector, detector_folder):
    """The wrong folder in the setting is named at the start."""
    with pytest.raises(BadCard, match="no embedder"):
        Embedder(runtime.load(detector_folder), detector.card)
