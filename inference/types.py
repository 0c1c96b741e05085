"""Arrays that cross file borders inside inference.

Boxes are always (n, 4) float32, x1 y1 x2 y2, origin top left; of the upright photo in pixels
unless a name says `network`, which means pixels of the network's input.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.price_tag import PriceTag

Pixels = NDArray[np.uint8]  # (height, width, 3) RGB
Floats = NDArray[np.float32]
Reals = NDArray[np.floating]  # of any precision, inside calculations
Ints = NDArray[np.int32]
Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Candidates:
    """What a decoder read from a network's outputs, before overlaps are settled."""

    boxes: Floats  # (n, 4) network pixels
    scores: Floats  # (n,) 0-1
    labels: Ints  # (n,) index into the card's output.labels


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found in one photo, best score first."""

    boxes: Floats  # (n, 4)
    scores: Floats  # (n,) 0-1
    labels: Ints  # (n,) index into the card's output.labels
    capped: bool  # more was found than the card's thresholds.max_boxes lets through


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The nearest distinct SKUs of each embedding, best first.

    A gallery of fewer SKUs fills up with SKU -1 and score 0. A rival is the SKU that a reference
    is most alike to beside its own: of the first SKU's reference that is nearest to the embedding.
    """

    sku_ids: Ids  # (n, k)
    scores: Floats  # (n, k) cosine to the SKU's nearest reference
    rivals: Floats  # (n,) cosine between that reference of the first SKU and its rival's, 0 = none


@dataclass(frozen=True, eq=False)
class Shelves:
    """Where each box of one photo stands."""

    shelf_index: Ints  # (n,) 0 = topmost
    position_index: Ints  # (n,) 0 = leftmost of its shelf; stacked items: by x, then y
    tag_shelf_index: Ints  # (t,) -1 = the photo has no shelf
    lines: Floats  # (k, 4) under the products of shelf k, from x1 = 0 to x2 = photo width


@dataclass(frozen=True)
class Quality:
    """What a photo is worth to recognition; None where it shows nothing to measure by."""

    long_side: int  # of the photo, pixels
    edge_width: float | None  # of its clear edges, pixels
    brightness: float  # mean of the photo, 0-1
    washed_out: float  # share of the photo that is as good as white, 0-1
    tilt_degrees: float | None  # above 0 = the right end of the shelves is lower
    product_pixels: float | None  # median short side of the products
    screen_score: float  # how far the grid of a screen stands out; noise has about 2, 0 = unknown
    capped: bool  # there are more products than the detector may return

    @property
    def sharpness(self) -> float | None:
        """Edges that would fit side by side across the long side, whatever its pixels."""
        return None if self.edge_width is None else self.long_side / self.edge_width

    @property
    def product_share(self) -> float | None:
        """Median short side of the products / long side of the photo, 0-1."""
        return None if self.product_pixels is None else self.product_pixels / self.long_side


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Points of one photo that another photo of the same shelf may show, too."""

    points: Floats  # (n, 2) pixels of the upright photo
    descriptors: Floats  # (n, 128), each of length 1
    turns: Floats  # (n, 2) unit vectors along the strongest gradient at each point
    sizes: Floats  # (n,) of what is seen at each point, pixels
    glance: Floats  # (h, w, 3) the photo in Lab, a hundred pixels long or so
    width: int  # of the upright photo
    height: int

    @property
    def size(self) -> int:
        """Long side, pixels."""
        return max(self.width, self.height)


@dataclass(frozen=True, eq=False)
class PhotoResult:
    """Everything recognition sees in one photo."""

    width: int  # of the upright photo
    height: int
    boxes: Floats  # (n, 4) products
    scores: Floats  # (n,)
    shelf_index: Ints  # (n,)
    position_index: Ints  # (n,)
    vectors: Floats  # (n, dimensions) embeddings, each of length 1
    shortlists: Shortlists  # n
    confidences: Floats  # (n,) 0-1, that the first of the shortlist is right
    sku_ids: Ids  # (n,) the first of the shortlist where that is sure enough, -1 = unknown
    ambiguous: Flags  # (n,) unknown, but the first of the shortlist is worth a look
    unsure: Flags  # (n,) named, with a confidence just above the lowest that names
    crops: list[bytes | None]  # n small JPEGs of what is unknown or unsure
    tag_boxes: Floats  # (t, 4) price tags
    tag_scores: Floats  # (t,)
    tag_shelf_index: Ints  # (t,)
    tag_owners: Ids  # (t,) index of the product each belongs to, -1 = none is near
    tags: list[PriceTag]  # t, what they say; none where tags are not read
    gap_boxes: Floats  # (g, 4) empty places
    gap_scores: Floats  # (g,)
    gap_shelf_index: Ints  # (g,) -1 = the photo has no shelf
    lines: Floats  # (k, 4)
    capped: bool
    quality: Quality
    timings: dict[str, float]  # milliseconds of wall time: decode, detect, identify, crops, ...
    keypoints: Keypoints | None = None  # what other photos may show, too; where it was asked for
