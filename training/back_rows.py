"""Rows behind the front row: smaller, darker, and from above higher; all of them are ignored."""

import numpy as np

from training.facings import Facing, Shelf
from training.packages import Package
from training.plane import BACK_ROW, Item, Plane, scaled

STEEP = 0.3  # seen_from_above from which more than one row shows
DEEP_KINDS = {"pet_bottle", "bottle", "jar", "can", "cup", "carrier"}  # stand many rows deep
SHIFTED = 0.35  # share of scenes' packs that stand in gaps of the row before, like bricks


def draw_back_rows(
    rng: np.random.Generator,
    plane: Plane,
    place: tuple[Shelf, Facing, int],
    package: Package,
    above: float,
) -> None:
    """Copies behind a facing, from the farthest to the nearest.

    `place` is the shelf, the facing and the number of the nearest row, 1 = right behind it;
    `above` is the store's `seen_from_above`.
    """
    shelf, facing, nearest = place
    height, width = facing.sprite.shape[:2]
    most = 7 if package.kind.name in DEEP_KINDS else 3
    rows = nearest + (0 if above < STEEP else int(rng.integers(0, most if nearest == 1 else 3)))
    shift = 0.5 * width if package.round and facing.sku % 20 < 20 * SHIFTED else 0
    step = above * height * rng.uniform(0.15, 0.3)
    for row in range(rows, nearest - 1, -1):
        size = 0.94**row
        copy = scaled(facing.sprite, width * size, height * size)
        x = facing.x + width * (1 - size) / 2 + rng.normal(0, 0.03) * width + shift * (row % 2)
        y = facing.bottom - height * size - step * row - shelf.scale * 0.3
        copy = copy[max(0, round(shelf.top - y)) :]  # the shelf above hides the rest
        if len(copy) > 2:
            light = facing.light * max(0.25, 0.62 - 0.1 * row + 0.3 * above)
            plane.paste(copy, x, max(y, shelf.top), light=light, item=Item(BACK_ROW, facing.sku))
