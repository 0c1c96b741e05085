"""Photos that show a part of a shelf only, and products that were not identified."""

from collections import Counter
from random import Random

import polars as pl

from bench.accuracy.photos import LabelledShelf
from bench.planogram.disturb import Expected
from bench.planogram.shelf import Shelf, facings_of

_WIDE, _HIGH = (0.4, 0.8), (0.5, 1.0)  # of the photo


def crop(
    photo: LabelledShelf, shelves: list[Shelf], ids: dict[str, int], random: Random
) -> tuple[pl.DataFrame, pl.DataFrame, Expected]:
    """Cut a part out of a photo: facings whose middle is in it, the size, what is expected."""
    width, height = photo.width * random.uniform(*_WIDE), photo.height * random.uniform(*_HIGH)
    left, top = random.uniform(0, photo.width - width), random.uniform(0, photo.height - height)
    x, y = (pl.col("x1") + pl.col("x2")) / 2, (pl.col("y1") + pl.col("y2")) / 2
    whole = facings_of(shelves, ids)
    part = whole.filter(
        x.is_between(left, left + width), y.is_between(top, top + height)
    ).with_columns(
        (pl.col("x1", "x2") - left).clip(0, width),
        (pl.col("y1", "y2") - top).clip(0, height),
        (pl.col("shelf_index").rank("dense") - 1).cast(pl.Int32),
    )
    size = {"width": round(width), "height": round(height)}
    return part, pl.DataFrame([size]), _expect(shelves, part["facing_id"].to_list())


def _expect(shelves: list[Shelf], shown: list[int]) -> Expected:
    products = [product for shelf in shelves for product in shelf for _ in product.boxes]
    faces = Counter(products[facing].name for facing in shown)
    expected = Expected()
    for product in (product for shelf in shelves for product in shelf):
        if product.name is not None:
            expected.wrong += product.faces - faces[product.name]
            if not faces[product.name]:
                expected.statuses[product.name] = "NOT_IN_VIEW"
    return expected


def forget(facings: pl.DataFrame, share: float, random: Random) -> pl.DataFrame:
    """The same with a share of the facings not identified."""
    unknown = pl.Series([random.random() < share for _ in range(facings.height)])
    return facings.with_columns(sku_id=pl.when(~unknown).then("sku_id"))
