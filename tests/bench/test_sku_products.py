"""The product photos are what their README says."""

import hashlib
from collections import Counter

from PIL import Image

from bench.accuracy.skus.products import PRODUCTS, product_photos

PHOTOS = product_photos()


def test_all_photos_are_there():
    """864 photos of 31 SKUs, 19 to 42 of each; no file that the manifest does not name."""
    of_sku = Counter(photo.sku for photo in PHOTOS)

    assert (864, 31) == (len(PHOTOS), len(of_sku))
    assert (19, 42) == (min(of_sku.values()), max(of_sku.values()))
    assert set(PRODUCTS.rglob("*.jpg")) == {photo.path for photo in PHOTOS}


def test_no_photo_is_there_twice():
    """A reference that is also asked for would be found by any embedder."""
    assert 864 == len({hashlib.sha256(photo.path.read_bytes()).digest() for photo in PHOTOS})


def test_photos_are_upright_and_large_enough():
    """256 pixels wide, at least as high, no EXIF."""
    for photo in PHOTOS:
        with Image.open(photo.path) as picture:
            assert (256, {}) == (picture.width, dict(picture.getexif()))
            assert picture.height >= 256
