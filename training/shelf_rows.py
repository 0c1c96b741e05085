"""The shelves of one scene: first filled, then emptied here and there, then drawn flat."""

import math
from dataclasses import dataclass

import numpy as np

from training.back_rows import draw_back_rows
from training.compartments import SHELF_CM as COMPARTMENT_CM
from training.compartments import draw_boards, draw_dividers, fill_compartments
from training.facings import Facing, Shelf, arrange
from training.furniture import (
    back_panel,
    empty_place,
    shelf_edge,
    shelf_interior,
    under_board,
)
from training.gaps import Gap, Row, leave_gaps
from training.packages import Package
from training.plane import BACK_ROW, GAP, PRODUCT, Item, Plane
from training.shelf_fronts import Stand, stand_before
from training.shelf_tags import draw_tags
from training.stores import Store
from training.surroundings import overstock, surround
from training.themes import choose_theme, themed
from training.tops import show_tops

WIDTH_CM = (45, 300)  # of the stretch of shelf that a photo shows
PLANE_SIZE = (1.3, 1.35)  # plane to photo, so that perspective never sees its border
OVERSTOCK_CM = 90  # nearer photos show no top of a shelf
FILLED = 0.55  # share of a shelf's height that products must reach which are not stacked
PILED_KINDS = {"roll", "egg_carton"}
SHELF_CM = (7, 60)  # from board to board


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
    """Draw shelf below shelf on a plane a little larger than the photo's size."""
    width, height = int(size[0] * PLANE_SIZE[0]), int(size[1] * PLANE_SIZE[1])
    scale = size[0] / math.exp(rng.uniform(*np.log(WIDTH_CM)))
    on_sale, store = themed(rng, choose_theme(rng), library, store)
    wall = back_panel(rng, (width, height), scale, store)
    plane = Plane(wall, np.zeros((height, width), np.int16))
    scenery = Scenery(rng, plane, store, library, _assortment(rng, library, on_sale), scale)
    y = rng.uniform(-0.6, 0.15) * 30 * scale
    if store.overstock and width > OVERSTOCK_CM * scale:
        y = rng.uniform(0.15, 0.35) * height
        overstock(rng, plane, y, store, scale)
    rows = _fill_rows(scenery, y)
    leave_gaps(rng, rows, (width, height))
    for row in rows:
        _draw_row(scenery, row)
    surround(rng, plane, store, scale)
    return plane


def _assortment(
    rng: np.random.Generator, library: list[Package], on_sale: list[int]
) -> list[list[int]]:
    """Choose 5 to 60 brands of what is on sale; each a list of SKU indices."""
    brands: dict[int, list[int]] = {}
    for index in on_sale:
        brands.setdefault(library[index].brand, []).append(index)
    most = min(60, len(brands))
    number = int(rng.integers(min(5, most), most + 1))
    chosen = rng.permutation(len(brands))[:number]
    families = list(brands.values())
    return [families[int(i)] for i in chosen]


def _fill_rows(scenery: Scenery, top: float) -> list[Row]:
    """Fill shelf below shelf, from `top` down to the end of the plane."""
    rng, scale = scenery.rng, scenery.scale
    rows = []
    while top < scenery.plane.owners.shape[0]:
        family = scenery.assortment[int(rng.integers(len(scenery.assortment)))]
        tallest = max(scenery.library[i].height_cm for i in family)
        tight = rng.random() < 0.8 - 0.4 * scenery.store.seen_from_above
        spare = rng.uniform(1.03, 1.2) if tight else rng.uniform(1.2, 2.0)
        if scenery.store.fronts == "compartments":
            rows.append(_compartments(scenery, top))
            top = rows[-1].shelf.base + rows[-1].edge
            continue
        stacks = scenery.library[family[0]].stacks
        piles = 7 if scenery.library[family[0]].kind.name in PILED_KINDS else 5
        levels = int(rng.integers(1, piles)) if stacks and rng.random() < 0.6 else 1
        high = float(np.clip(tallest * levels * spare, SHELF_CM[0], max(tallest, SHELF_CM[1])))
        shelf = Shelf(top, top + high * scale, scale)
        edge = _edge(scenery)
        rows.append(Row(shelf, edge, _fill_shelf(scenery, shelf, family), []))
        top = shelf.base + edge + (rng.uniform(3, 15) * scale if rng.random() < 0.04 else 0)
    return rows


def _edge(scenery: Scenery) -> float:
    """Height of a shelf's front edge, pixels."""
    return max(3, scenery.store.edge_cm * scenery.scale * scenery.rng.uniform(0.9, 1.1))


def _compartments(scenery: Scenery, top: float) -> Row:
    """A shelf of compartments, each with a SKU of its own."""
    rng, scale = scenery.rng, scenery.scale
    shelf = Shelf(top, top + rng.uniform(*COMPARTMENT_CM) * scale, scale)

    def choose() -> tuple[int, Package]:
        family = scenery.assortment[int(rng.integers(len(scenery.assortment)))]
        sku = family[int(rng.integers(len(family)))]
        return sku, scenery.library[sku]

    filled = fill_compartments(rng, shelf, scenery.plane.owners.shape[1], choose)
    return Row(shelf, _edge(scenery), filled.groups, filled.gaps, tuple(filled.dividers))


def _fill_shelf(scenery: Scenery, shelf: Shelf, family: list[int]) -> list[list[Facing]]:
    """Place groups of facings from left to right; `family` is the brand seen most here."""
    rng, library = scenery.rng, scenery.library
    limit = shelf.clearance / shelf.scale * 0.97
    fitting = [
        skus
        for skus in scenery.assortment
        if FILLED * limit * (1 - library[skus[0]].stacks) < library[skus[0]].height_cm <= limit
    ] or [family]
    x, groups = -rng.uniform(0, 20) * shelf.scale, []
    while x < scenery.plane.owners.shape[1]:
        skus = family if rng.random() < 0.45 else fitting[int(rng.integers(len(fitting)))]
        sku = skus[int(rng.integers(len(skus)))]
        group = arrange(rng, shelf, library[sku], sku, x)
        x = max([x + shelf.scale, *(f.right for f in group)])
        roomy = rng.uniform(0, 0.5) * group[0].width if rng.random() < 0.12 else 0
        x += rng.uniform(0, 0.1) * group[0].width + roomy
        groups.append(group)
    return groups


def _draw_row(scenery: Scenery, row: Row) -> None:
    """Board, back rows, empty places, the front row, what stands before it, edge and tags."""
    rng, plane, shelf = scenery.rng, scenery.plane, row.shelf
    shelf_interior(rng, plane, shelf, scenery.store)
    if row.dividers:
        _draw_compartments(scenery, row)
        return
    _show_tops(scenery, row)
    for facing in (f for group in row.groups for f in group):
        if rng.random() < 0.9:
            _draw_back_rows(scenery, shelf, facing)
    for gap in row.gaps:
        _draw_gap(scenery, shelf, gap)
    for group in filter(None, row.groups):
        for facing in sorted(group, key=lambda f: not f.recessed):
            _draw_facing(plane, facing)
    for group in filter(None, row.groups):
        tall = min(shelf.base - min(f.y for f in group), shelf.clearance)
        stand = Stand(shelf, min(f.x for f in group), max(f.right for f in group), tall)
        stand_before(rng, plane, stand, scenery.store)
    under_board(plane, shelf, scenery.store)
    shelf_edge(rng, plane, shelf.base, row.edge, scenery.store)
    draw_tags(rng, plane, row, scenery.store)


def _show_tops(scenery: Scenery, row: Row) -> None:
    """The lower a shelf in the photo, the more of the packs' tops one sees; in place."""
    depth = row.shelf.base / scenery.plane.owners.shape[0]
    above = scenery.store.seen_from_above * min(1.0, 0.4 + 0.7 * depth)
    for group in filter(None, row.groups):
        package = scenery.library[group[0].sku]
        group[:] = show_tops(scenery.rng, group, package, above)


def _draw_compartments(scenery: Scenery, row: Row) -> None:
    """Walls, what lies behind, what lies in front, boards, edge and tags."""
    rng, plane, store = scenery.rng, scenery.plane, scenery.store
    draw_dividers(rng, plane, row.shelf, row.dividers, store)
    for gap in row.gaps:
        plane.claim(gap.x1, gap.y1, gap.x2, gap.y2, Item(GAP))
    for facing in sorted((f for group in row.groups for f in group), key=lambda f: not f.behind):
        _draw_facing(plane, facing)
    draw_boards(rng, plane, row.shelf, row.dividers, store)
    shelf_edge(rng, plane, row.shelf.base, row.edge, store)
    draw_tags(rng, plane, row, store)


def _draw_gap(scenery: Scenery, shelf: Shelf, gap: Gap) -> None:
    """Nothing, or seen from above the last items far behind; then the empty place itself."""
    if scenery.store.seen_from_above > 0.3 and scenery.rng.random() < 0.3:
        standing = [f for f in gap.missing if f.bottom > shelf.base - 3 * shelf.scale]
        for facing in standing:
            _draw_back_rows(scenery, shelf, facing, nearest=4)
    else:
        empty_place(scenery.rng, scenery.plane, (gap.x1, gap.y1, gap.x2, gap.y2))
    scenery.plane.claim(gap.x1, gap.y1, gap.x2, gap.y2, Item(GAP))


def _draw_back_rows(scenery: Scenery, shelf: Shelf, facing: Facing, nearest: int = 1) -> None:
    package, above = scenery.library[facing.sku], scenery.store.seen_from_above
    draw_back_rows(scenery.rng, scenery.plane, (shelf, facing, nearest), package, above)


def _draw_facing(plane: Plane, facing: Facing) -> None:
    """One facing with its contact shadow."""
    shadow = np.zeros_like(facing.sprite)
    shadow[..., 3] = facing.sprite[..., 3] // 3
    offset = max(1, facing.width * 0.03)
    plane.paste(shadow, facing.x - offset, facing.y + 1)
    plane.paste(shadow, facing.x + offset * 1.3, facing.y + 1)
    item = Item(BACK_ROW if facing.behind else PRODUCT, facing.sku)
    plane.paste(facing.sprite, facing.x, facing.y, light=facing.light, item=item)
