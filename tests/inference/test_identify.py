"""Crops become vectors."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inference.detect import Detector
from inference.errors import BadCard
from inference.identify import Embedder
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


def test_a_vector_is_the_mean_of_all_looks(runtime: Runtime, embedder: Embedder, tmp_path: Path):
    """The whole box and the parts of it that the card names; so its key differs, too."""
    given = {"width": 96, "height": 128, "looks": [[0.0, 0.0, 0.5, 1.0], [0.25, 0.5, 1.0, 1.0]]}
    folder = tiny.write_folder(tmp_path, tiny.embedder_network(), tiny.embedder_card(input=given))
    model = runtime.load(folder)
    looking = Embedder(model, model.card)
    boxes = [(200, 100, 300, 300), (200, 100, 250, 300), (225, 200, 300, 300)]
    photo = blocks(400, 400)

    vector = looking.embed(photo, np.array(boxes[:1], np.float32))[0]

    assert np.allclose(
        unit(*embedder.embed(photo, np.array(boxes, np.float32)).mean(0)), vector, atol=1e-4
    )
    assert embedder.card.key != looking.card.key


@given(box=hnp.arrays(np.float32, 4, elements=st.floats(-50, 150, width=32)))
def test_any_box_can_be_embedded(embedder: Embedder, box: np.ndarray):
    """Boxes that are thin, turned around or outside still give a vector."""
    vector = embedder.embed(blocks(100, 80), box[None])[0]

    assert np.isfinite(vector).all()


def test_a_detector_is_no_embedder(runtime: Runtime, detector: Detector, detector_folder):
    """The wrong folder in the setting is named at the start."""
    with pytest.raises(BadCard, match="no embedder"):
        Embedder(runtime.load(detector_folder), detector.card)
