"""The shelves of one scene, drawn flat from the top down."""

import math
from dataclasses import dataclass

import numpy as np

from training.facings import Facing, Shelf, arrange
from training.furniture import back_panel, clutter, shelf_edge, shelf_interior, tray
from training.packages import Package
from training.plane import BACK_ROW, PRICE_TAG, PRODUCT, Item, Plane, opaque, scaled
from training.price_labels import draw_price_label
from training.stores import Store

WIDTH_CM = (40, 300)  # of the stretch of shelf that a photo shows
PLANE_SIZE = (1.3, 1.35)  # plane to photo, so that perspective never sees its border
SHELF_CM = (9, 60)  # from board to board


@dataclass(frozen=True)
class Scenery:
    """What one scene is drawn with.

    Attributes:
        rng: the scene's random numbers.
        plane: what is drawn on.
        store: how the furniture looks.
        library: all SKUs.
        assortment: the SKUs in this scene, as indices into the library, brand by brand.
        scale: pixels per centimetre.
    """

    rng: np.random.Generator
    plane: Plane
    store: Store
    library: list[Package]
    assortment: list[list[int]]
    scale: float


def draw_plane(
    rng: np.random.Generator, library: list[Package], size: tuple[int, int], store: Store
) -> Plane:
    """Draw shelf below shelf until a plane, a little larger than the photo's size, is full."""
    width, height = int(size[0] * PLANE_SIZE[0]), int(size[1] * PLANE_SIZE[1])
    scale = size[0] / math.exp(rng.uniform(*np.log(WIDTH_CM)))
    wall = back_panel(rng, (width, height), scale, store)
    plane = Plane(wall, np.zeros((height, width), np.int16))
    scenery = Scenery(rng, plane, store, library, _assortment(rng, library), scale)
    y = rng.uniform(-0.6, 0.15) * 30 * scale
    while y < height:
        y = _draw_shelf(scenery, y)
    clutter(rng, plane, store)
    return plane


def _assortment(rng: np.random.Generator, library: list[Package]) -> list[list[int]]:
    """Choose 5 to 60 brands; each a list of SKU indices."""
    brands: dict[int, list[int]] = {}
    for index, package in enumerate(library):
        brands.setdefault(package.brand, []).append(index)
    most = min(60, len(brands))
    number = int(rng.integers(min(5, most), most + 1))
    chosen = rng.permutation(len(brands))[:number]
    families = list(brands.values())
    return [families[int(i)] for i in chosen]


def _draw_shelf(scenery: Scenery, top: float) -> float:
    """Draw one shelf from `top` down; returns where the next one begins, pixels."""
    rng, scale = scenery.rng, scenery.scale
    family = scenery.assortment[int(rng.integers(len(scenery.assortment)))]
    tallest = max(scenery.library[i].height_cm for i in family)
    spare = rng.uniform(1.06, 1.4) if rng.random() < 0.7 else rng.uniform(1.4, 2.4)
    shelf = Shelf(top, top + float(np.clip(tallest * spare, *SHELF_CM)) * scale, scale)
    edge = max(3, scenery.store.edge_cm * scale * rng.uniform(0.9, 1.1))
    shelf_interior(rng, scenery.plane, shelf, scenery.store)
    groups = _fill_shelf(scenery, shelf, family)
    _draw_groups(scenery, shelf, groups)
    shelf_edge(rng, scenery.plane, shelf.base, edge, scenery.store)
    _draw_price_tags(scenery, shelf, groups, edge)
    return shelf.base + edge + (rng.uniform(5, 25) * scale if rng.random() < 0.04 else 0)


def _fill_shelf(scenery: Scenery, shelf: Shelf, family: list[int]) -> list[list[Facing]]:
    """Place groups of facings from left to right; `family` is the brand seen most here."""
    rng, library = scenery.rng, scenery.library
    limit = shelf.clearance / shelf.scale * 0.97
    fitting = [[i for i in skus if library[i].height_cm <= limit] for skus in scenery.assortment]
    fitting = [skus for skus in fitting if skus]
    dense = rng.uniform(0.7, 0.95) if rng.random() < 0.25 else 0.98
    x, groups = -rng.uniform(0, 20) * shelf.scale, []
    while x < scenery.plane.owners.shape[1] and fitting:
        if rng.random() > dense:
            x += rng.uniform(5, 30) * shelf.scale
            continue
        skus = family if rng.random() < 0.45 else fitting[int(rng.integers(len(fitting)))]
        sku = skus[int(rng.integers(len(skus)))]
        group = arrange(rng, shelf, library[sku], sku, x)
        x = max([x + shelf.scale, *(f.right for f in group)])
        x += rng.uniform(0, 1.5 if rng.random() < 0.85 else 8) * shelf.scale
        groups.append(group)
    return [group for group in groups if group]


def _draw_groups(scenery: Scenery, shelf: Shelf, groups: list[list[Facing]]) -> None:
    """Back rows first, then the front row, then trays."""
    rng, plane = scenery.rng, scenery.plane
    for group in groups:
        for facing in group:
            if rng.random() < 0.8:
                _draw_back_rows(scenery, shelf, facing)
    for group in groups:
        for facing in sorted(group, key=lambda f: not f.recessed):
            _draw_facing(plane, facing)
        if rng.random() < scenery.store.trays:
            tall = max(f.sprite.shape[0] for f in group)
            tray(rng, plane, shelf, (min(f.x for f in group), max(f.right for f in group)), tall)


def _draw_back_rows(scenery: Scenery, shelf: Shelf, facing: Facing) -> None:
    """Copies behind a facing: smaller, darker and, seen from above, higher."""
    rng, above = scenery.rng, scenery.store.seen_from_above
    height, width = facing.sprite.shape[:2]
    rows = 1 if above < 0.3 else int(rng.integers(1, 4))
    for row in range(rows, 0, -1):
        size = 0.94**row
        copy = scaled(facing.sprite, width * size, height * size)
        x = facing.x + width * (1 - size) / 2 + rng.normal(0, 0.03) * width
        rise = above * height * rng.uniform(0.15, 0.3) * row
        y = facing.bottom - height * size - rise - shelf.scale * 0.3
        if y > shelf.top - height * 0.5:
            light = facing.light * max(0.25, 0.62 - 0.1 * row + 0.3 * above)
            scenery.plane.paste(copy, x, y, light=light, item=Item(BACK_ROW, facing.sku))


def _draw_facing(plane: Plane, facing: Facing) -> None:
    """One facing with its contact shadow."""
    shadow = np.zeros_like(facing.sprite)
    shadow[..., 3] = facing.sprite[..., 3] // 3
    offset = max(1, facing.sprite.shape[1] * 0.03)
    plane.paste(shadow, facing.x - offset, facing.y + 1)
    plane.paste(shadow, facing.x + offset * 1.3, facing.y + 1)
    item = Item(PRODUCT, facing.sku)
    plane.paste(facing.sprite, facing.x, facing.y, light=facing.light, item=item)


def _draw_price_tags(
    scenery: Scenery, shelf: Shelf, groups: list[list[Facing]], edge: float
) -> None:
    """One price tag per group, mostly, on the edge (pixels tall) below its left end or middle."""
    rng, style = scenery.rng, scenery.store.label_style
    width, height = _tag_size(scenery, edge)
    for group in groups:
        left, right = min(f.x for f in group), max(f.right for f in group)
        if rng.random() < 0.08 or right - left < width * 0.6:
            continue
        zoom = 1.7 if rng.random() < 0.04 else 1.0
        size = int(width * zoom), int(height * zoom)
        label = draw_price_label(rng, size, style)
        x = left if rng.random() < 0.6 else (left + right - size[0]) / 2
        x += rng.normal(0, 1) * shelf.scale
        y = shelf.base + (edge - size[1]) / 2 + rng.normal(0, 0.15) * shelf.scale
        light = rng.uniform(0.7, 1) if rng.random() < 0.3 else 1
        scenery.plane.shade(x + 1, y + size[1], x + size[0] + 1, y + size[1] + 2, 0.6)
        item = Item(PRICE_TAG, text=label.price)
        scenery.plane.paste(opaque(label.picture), x, y, light=light, item=item)


def _tag_size(scenery: Scenery, edge: float) -> tuple[float, float]:
    """Width and height of the store's price tags, pixels."""
    style = scenery.store.label_style
    width = max(6.0, style.width_cm * scenery.scale)
    height = max(4.0, width / style.width_to_height)
    if scenery.store.labels_hang or height <= edge:
        return width, height
    height = max(4.0, edge)
    return height * style.width_to_height, height
