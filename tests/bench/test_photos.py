"""The labelled photos are what their README says."""

from collections import Counter

import pytest
from PIL import Image

from bench.accuracy.photos import GAP, PRICE_TAG, PRODUCT, LabelledShelf, labelled_shelves

PHOTOS = labelled_shelves()
DOMAINS = {"boxes", "bottles and cans", "bags", "coolers"}


def test_all_labels_are_there():
    """26 photos of 16 scenes, 825 facings, 362 price tags, 15 gaps."""
    counted = [sum(len(photo.of(label)) for photo in PHOTOS) for label in range(3)]

    assert (26, 16) == (len(PHOTOS), len({photo.scene for photo in PHOTOS}))
    assert [825, 362, 15] == [counted[label] for label in (PRODUCT, PRICE_TAG, GAP)]


def test_facings_have_skus():
    """All but 12 of the facings are named, 352 SKUs in all."""
    skus = [sku for photo in PHOTOS for sku in photo.facing_skus]

    assert (825, 813) == (len(skus), sum(map(bool, skus)))
    assert 352 == len(set(skus) - {""})


def test_every_domain_has_photos():
    """Four domains, none with less than five photos."""
    domains = Counter(photo.domain for photo in PHOTOS)

    assert set(domains) == DOMAINS
    assert min(domains.values()) >= 5


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.name)
def test_labels_fit_their_photo(photo: LabelledShelf):
    """The photo has the size its labels say, no EXIF, and every box lies inside."""
    with Image.open(photo.path) as picture:
        size, exif = picture.size, dict(picture.getexif())

    assert ((photo.width, photo.height), {}) == (size, exif)
    assert max(size) <= 2560
    assert (photo.boxes >= 0).all()
    assert (photo.boxes[:, 2:] > photo.boxes[:, :2]).all()
    assert (photo.boxes[:, 2] <= photo.width + 0.2).all()  # labels have one digit
    assert (photo.boxes[:, 3] <= photo.height + 0.2).all()
    assert (photo.lines[:, 2] > photo.lines[:, 0]).all()
