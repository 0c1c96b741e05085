"""Price tags along a shelf's edge, and the promo cards that hang beside or below them."""

import numpy as np

from training.gaps import Row
from training.plane import PRICE_TAG, Item, Plane, opaque, turned
from training.price_labels import draw_price_label
from training.signs import promo_card
from training.stores import Store

MISSING = 0.08  # share of groups without a tag
CROOKED = 0.12  # share of tags that are turned a little


def draw_tags(rng: np.random.Generator, plane: Plane, row: Row, store: Store) -> None:
    """One price tag per group, mostly, on the edge below its left end or middle."""
    size = _size(store, row)
    for left, right in _spans(row):
        if rng.random() < MISSING or right - left < size[0] * 0.6:
            continue
        zoom = 1.7 if rng.random() < 0.04 else 1.0
        wide, high = int(size[0] * zoom), int(size[1] * zoom)
        x = left if rng.random() < 0.6 else (left + right - wide) / 2
        x += rng.normal(0, 1) * row.shelf.scale
        y = row.shelf.base + (row.edge - high) / 2 + rng.normal(0, 0.15) * row.shelf.scale
        if rng.random() < store.label_style.promotion_share * 0.5:
            _card(rng, plane, store, (x, y, wide, high))
        _tag(rng, plane, store, (x, y, wide, high))


def _spans(row: Row) -> list[tuple[float, float]]:
    """Left and right of every group and of every empty place, which has its tag too."""
    spans = [(min(f.x for f in g), max(f.right for f in g)) for g in row.groups if g]
    return spans + [(gap.x1, gap.x2) for gap in row.gaps]


def _tag(
    rng: np.random.Generator, plane: Plane, store: Store, place: tuple[float, float, int, int]
) -> None:
    x, y, wide, high = place
    label = draw_price_label(rng, (wide, high), store.label_style)
    light = rng.uniform(0.7, 1) if rng.random() < 0.3 else 1
    plane.shade(x + 1, y + high, x + wide + 1, y + high + 2, 0.6)
    sprite = opaque(label.picture)
    if rng.random() < CROOKED:
        sprite = turned(sprite, rng.normal(0, 3))
    plane.paste(sprite, x, y, light=light, item=Item(PRICE_TAG, text=label.price))
    if rng.random() < 0.1:
        top = y + high * rng.uniform(0, 0.6)
        plane.glaze((x, top, x + wide, top + high * 0.3), (255, 255, 255), 0.4)


def _card(
    rng: np.random.Generator, plane: Plane, store: Store, tag: tuple[float, float, int, int]
) -> None:
    """Below the tag or to its right, often larger than the tag itself."""
    x, y, wide, high = tag
    size = int(wide * rng.uniform(0.8, 1.3)), int(high * rng.uniform(0.6, 1.6))
    place = (x, y + high * 0.8) if rng.random() < 0.6 else (x + wide, y)
    plane.paste(opaque(promo_card(rng, size, store)), *place)


def _size(store: Store, row: Row) -> tuple[float, float]:
    """Width and height of the store's price tags, pixels."""
    style = store.label_style
    width = max(6.0, style.width_cm * row.shelf.scale)
    height = max(4.0, width / style.width_to_height)
    if store.labels_hang or height <= row.edge:
        return width, height
    height = max(4.0, row.edge)
    return height * style.width_to_height, height
