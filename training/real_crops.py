"""Crops of real products: facings of labelled shelves, photos of single products.

There are few of them, so every crop of one looks different: another box, another camera, another
light, as `shelf_crops` has it for drawn ones.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from bench.accuracy.photos import PRODUCT, LabelledShelf
from bench.accuracy.skus.products import ProductPhoto
from training.shelf_crops import MARGIN, seen

LARGEST = 256  # pixels of a picture's height; the embedder sees half of it
CROP_HEIGHT = (50, 240)  # pixels of the product in the photo


@dataclass(frozen=True)
class Picture:
    """A product and what surrounds it.

    Attributes:
        pixels: (h, w, 3) uint8 RGB, the product in the middle.
        margin: pixels on each side of it.
    """

    pixels: np.ndarray
    margin: int


RealSkus = dict[str, list[Picture]]  # by SKU


def real_skus(shelves: Iterable[LabelledShelf], photos: Iterable[ProductPhoto]) -> RealSkus:
    """All pictures of all SKUs; those of facings that nobody could name are left out."""
    found: RealSkus = defaultdict(list)
    for shelf in shelves:
        pixels = cv2.imread(str(shelf.path), cv2.IMREAD_COLOR_RGB)
        for box, sku in zip(shelf.of(PRODUCT), shelf.facing_skus, strict=True):
            if sku:
                found[f"facing {sku}"].append(_facing(pixels, box))
    for photo in photos:
        whole = cv2.imread(str(photo.path), cv2.IMREAD_COLOR_RGB)
        found[f"product {photo.sku}"].append(_reduced(whole, 0))
    return dict(sorted(found.items()))


def real_crop(rng: np.random.Generator, picture: Picture) -> np.ndarray:
    """Cut the product out, as a detector would see it: (128, 96, 3) uint8 RGB."""
    height = picture.pixels.shape[0] - 2 * picture.margin
    wanted = float(np.exp(rng.uniform(*np.log(CROP_HEIGHT))))
    pixels, margin = _scaled(picture, min(1, wanted / height))
    rows, columns = pixels.shape[:2]
    return seen(rng, pixels, (columns - 2 * margin, rows - 2 * margin), margin)


def plain_crop(picture: Picture) -> np.ndarray:
    """The product as it is: (h, w, 3) uint8 RGB."""
    rows, columns = picture.pixels.shape[:2]
    edge = picture.margin
    return picture.pixels[edge : rows - edge, edge : columns - edge]


def _facing(photo: np.ndarray, box: np.ndarray) -> Picture:
    """Cut a facing out with a margin; what lies outside the photo repeats its border."""
    x1, y1, x2, y2 = (round(float(value)) for value in box)
    margin = max(3, int(MARGIN * max(x2 - x1, y2 - y1)))
    padded = cv2.copyMakeBorder(photo, *[margin] * 4, cv2.BORDER_REPLICATE)
    cut = padded[y1 : y2 + 2 * margin, x1 : x2 + 2 * margin]
    return _reduced(np.ascontiguousarray(cut), margin)


def _reduced(pixels: np.ndarray, margin: int) -> Picture:
    scale = min(1, LARGEST / (pixels.shape[0] - 2 * margin))
    return Picture(*_scaled(Picture(pixels, margin), scale))


def _scaled(picture: Picture, scale: float) -> tuple[np.ndarray, int]:
    rows, columns = picture.pixels.shape[:2]
    margin = round(picture.margin * scale)
    size = [max(10, round((side - 2 * picture.margin) * scale)) for side in (columns, rows)]
    whole = [side + 2 * margin for side in size]
    return cv2.resize(picture.pixels, whole, interpolation=cv2.INTER_AREA), margin
