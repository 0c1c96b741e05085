"""The models that come with Gondola do on real photos what their cards say."""

from pathlib import Path

import numpy as np
import pytest

from inference.card import MODELS, DetectorCard, load_card
from inference.check import check
from inference.detect import Detector
from inference.image import decode
from inference.runtime import Runtime

PHOTOS = sorted((Path(__file__).parents[1] / "data" / "shelves").glob("*.jpg"))
FOLDERS = sorted(folder.parent for folder in MODELS.glob("*/model.toml"))
DETECTORS = [folder for folder in FOLDERS if isinstance(load_card(folder), DetectorCard)]


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
