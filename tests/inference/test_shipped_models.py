"""The models that come with Gondola do on real photos what their cards say."""

from pathlib import Path

import numpy as np
import pytest

from inference.card import MODELS, DetectorCard, EmbedderCard, load_card
from inference.check import check
from inference.detect import Detector
from inference.gallery import load_gallery
from inference.image import decode
from inference.recognise import load_recogniser
from inference.runtime import Runtime

SHELVES = Path(__file__).parents[1] / "data" / "shelves"
PHOTOS = [
    SHELVES / "jp_20250529_034303-359.jpg",
    SHELVES / "jp_20250529_034321-360.jpg",
    SHELVES / "no_IMG_20180105_175641.jpg",
    SHELVES / "no_IMG_20180105_175637.jpg",
]
FOLDERS = sorted(folder.parent for folder in MODELS.glob("*/model.toml"))
DETECTORS = [folder for folder in FOLDERS if isinstance(load_card(folder), DetectorCard)]
EMBEDDERS = [folder for folder in FOLDERS if isinstance(load_card(folder), EmbedderCard)]


def name(path: Path) -> str:
    """For test ids."""
    return path.stem if path.is_file() else path.name


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_shipped_models_are_sound(folder: Path):
    """Hashes and golden answer hold with this machine's own arithmetic."""
    assert [] == check(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_folder_is_named_after_its_card(folder: Path):
    """A setting names a model by what its facts will say."""
    assert folder.name == load_card(folder).id


@pytest.mark.parametrize("folder", DETECTORS, ids=name)
@pytest.mark.parametrize("photo", PHOTOS, ids=name)
def test_real_shelves_are_seen(folder: Path, photo: Path, runtime: Runtime):
    """On a real shelf there are products and price tags, all inside the photo."""
    model = runtime.load(folder)
    detector = Detector(model, model.card)
    pixels = decode(photo.read_bytes())

    found = detector.detect(pixels)

    height, width = pixels.shape[:2]
    assert detector.labelled(found.labels, "product").sum() >= 10
    assert detector.labelled(found.labels, "price_tag").any()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.array([width, height] * 2)).all()


@pytest.mark.parametrize("embedder", EMBEDDERS, ids=name)
@pytest.mark.parametrize("detector", DETECTORS, ids=name)
def test_a_real_photo_is_recognised(detector: Path, embedder: Path, runtime: Runtime):
    """Every product gets a shelf and a place of its own; its own crop is its nearest reference."""
    recogniser = load_recogniser(detector, embedder, runtime)
    jpeg = PHOTOS[0].read_bytes()
    seen = recogniser.photo(jpeg, load_gallery([]))
    vectors = recogniser.embedder.embed(decode(jpeg), seen.boxes)
    references = [(index, vector.tobytes()) for index, vector in enumerate(vectors)]

    again = recogniser.photo(jpeg, load_gallery(references))

    assert len(seen.lines) >= 3
    places = set(zip(seen.shelf_index.tolist(), seen.position_index.tolist(), strict=True))
    assert len(seen.boxes) == len(places)
    assert (again.shortlists.scores[:, 0] > 0.97).all()  # its neighbours have a say
    assert np.arange(len(vectors)).tolist() == again.shortlists.sku_ids[:, 0].tolist()
