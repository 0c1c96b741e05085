"""A labelled photo as shelves of products, which can be turned into a planogram and into facings.

A product is what stands side by side of one SKU. Shelves are those that `inference.shelves` finds
under the true boxes.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from bench.accuracy.photos import PRICE_TAG, PRODUCT, LabelledShelf
from flows.reports.frames import INPUTS
from inference.shelves import arrange

_OVERLAP = 0.5  # of the narrower box: two boxes of one stack
IMAGE = 1


@dataclass(frozen=True)
class Product:
    """Columns of one SKU side by side.

    Args:
        name: the record it belongs to, None = no record's.
        sku: slug, "" = nobody could name it.
        boxes: (n, 4) by column, each from its top; pixels.
        stack: height of every column in faces, 1 when they differ.
    """

    name: int | None
    sku: str
    boxes: np.ndarray
    stack: int = 1

    @property
    def faces(self) -> int:
        """How many facings."""
        return len(self.boxes)

    @property
    def extent(self) -> tuple[float, float]:
        """Left and right end, pixels."""
        return float(self.boxes[:, 0].min()), float(self.boxes[:, 2].max())

    def at(self, x: float) -> "Product":
        """The same with its left end there."""
        by = x - self.extent[0]
        return replace(self, boxes=self.boxes + np.array([by, 0, by, 0]))


Shelf = list[Product]


def shelves_of(photo: LabelledShelf) -> list[Shelf]:
    """The shelves of a photo from the top, products from the left; records numbered from 0."""
    boxes = photo.of(PRODUCT)
    found = arrange(boxes, photo.of(PRICE_TAG), (photo.width, photo.height))
    shelves: list[Shelf] = []
    for shelf in np.unique(found.shelf_index):
        of = np.flatnonzero(found.shelf_index == shelf)
        of = of[np.argsort(found.position_index[of])]
        shelves.append(_products(boxes[of], [photo.facing_skus[i] for i in of]))
    return _numbered(shelves)


def _products(boxes: np.ndarray, skus: list[str]) -> Shelf:
    cuts = [i for i in range(1, len(skus)) if skus[i] != skus[i - 1]]
    runs = zip([0, *cuts], [*cuts, len(skus)], strict=True)
    return [Product(None, skus[a], boxes[a:b].astype(float), _stack(boxes[a:b])) for a, b in runs]


def _stack(boxes: np.ndarray) -> int:
    heights = [1]
    for left, right in pairwise(boxes):
        common = min(left[2], right[2]) - max(left[0], right[0])
        if common > _OVERLAP * min(left[2] - left[0], right[2] - right[0]):
            heights[-1] += 1
        else:
            heights.append(1)
    return heights[0] if len(set(heights)) == 1 else 1


def _numbered(shelves: list[Shelf]) -> list[Shelf]:
    numbers = iter(range(10**6))
    return [[replace(p, name=next(numbers)) if p.sku else p for p in shelf] for shelf in shelves]


def planogram_of(shelves: list[Shelf], ids: dict[str, int]) -> pl.DataFrame:
    """A record for each named product, in order."""
    rows = [
        {
            "record_id": product.name,
            "rack_index": 0,
            "shelf_index": shelf,
            "product_index": product.name,
            "facing_x": product.faces // product.stack,
            "facing_y": product.stack,
            "width": round(_room(product, products) / (product.faces // product.stack)),
            "sku_id": ids[product.sku],
        }
        for shelf, products in enumerate(shelves)
        for product in products
        if product.name is not None
    ]
    return _frame("planogram", rows)


def _room(product: Product, products: Shelf) -> float:
    """Width of the product's place: to where the next one begins."""
    left, right = product.extent
    later = [other.extent[0] for other in products if other.extent[0] > left]
    return min(later, default=right) - left


def facings_of(shelves: list[Shelf], ids: dict[str, int]) -> pl.DataFrame:
    """One row per box; positions from the left, stacks from their top."""
    rows = []
    for shelf, products in enumerate(shelves):
        position = 0
        for product in products:
            for box in product.boxes:
                corners = dict(zip(("x1", "y1", "x2", "y2"), box.tolist(), strict=True))
                rows.append(
                    {
                        "image_id": IMAGE,
                        "facing_id": len(rows),
                        **corners,
                        "rack_index": 0,
                        "shelf_index": shelf,
                        "position_index": position,
                        "sku_id": ids.get(product.sku),
                        "duplicate": False,
                    }
                )
                position += 1
    return _frame("facings", rows)


def photos_of(photo: LabelledShelf) -> pl.DataFrame:
    """The one row of `photos`."""
    return _frame(
        "photos",
        [{"image_id": IMAGE, "width": photo.width, "height": photo.height, "status": "READY"}],
    )


def no_sizes() -> pl.DataFrame:
    """Master data that knows no size."""
    return _frame("skus", [])


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=INPUTS[name].schema)
