"""The peer: what colours alone tell, with no network at all.

An embedder that does no better than this has learnt little about packs.
"""

import cv2
import numpy as np

from bench.accuracy.skus.items import Embedded, Items
from inference.image import decode
from inference.pyramid import Pyramid
from inference.types import Floats, Pixels
from inference.vectors import normalise

BANDS = 3  # one above the other
BINS = (4, 8, 8)  # lightness, green to red, blue to yellow
RANGES = [0, 256, 64, 192, 64, 192]  # few colours are stronger: they count as the strongest
SIZE = (48, 64)  # width and height a box is shrunk to


def by_colours(items: Items) -> Embedded:
    """Describe every item by its colours: the cosine of two is how much they have in common.

    Source: Bhattacharyya coefficient; Swain and Ballard, Color Indexing, 1991.
    """
    vectors = np.zeros((len(items.skus), BANDS * int(np.prod(BINS))), np.float32)
    photos = np.array([str(path) for path in items.photos])
    for path in dict.fromkeys(items.photos):
        photo = Pyramid(decode(path.read_bytes()))
        for row in np.flatnonzero(photos == str(path)):
            vectors[row] = _histograms(_cut(photo, items.boxes[row]))
    return Embedded(items, normalise(vectors))


def _cut(photo: Pyramid, box: Floats) -> Pixels:
    x1, y1 = (max(0, int(value)) for value in box[:2])
    x2, y2 = min(photo.width, round(float(box[2]))), min(photo.height, round(float(box[3])))
    return photo.crop((x1, y1, x2, y2), *SIZE)


def _histograms(crop: Pixels) -> Floats:
    """(BANDS * bins,) the square roots of the shares of each colour."""
    lab = np.clip(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB), RANGES[0::2], np.array(RANGES[1::2]) - 1)
    lab = lab.astype(np.uint8)
    shares = [
        cv2.calcHist([band], [0, 1, 2], None, BINS, RANGES) / band[..., 0].size
        for band in np.array_split(lab, BANDS)
    ]
    return np.sqrt(np.stack(shares)).ravel()
