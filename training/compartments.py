"""Shelves of open compartments: dividers seen in perspective, small packs lying low in each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np

from training.colours import Colour
from training.facings import Facing, Shelf
from training.gaps import Gap
from training.packages import Package
from training.plane import Plane, opaque, scaled, turned
from training.signs import promo_card
from training.stores import Store

SHELF_CM = (11, 30)  # from board to board
BOARD = (0.08, 0.22)  # height of the front board, share of the clearance
EMPTY = 0.06  # share of compartments with nothing in them: gaps
VAGUE = 0.15  # share with a heap far behind and nothing in front: neither hit nor miss
CARD = 0.1  # share with a card before them

Choose = Callable[[], tuple[int, Package]]


@dataclass(frozen=True)
class Compartments:
    """One shelf of them: packs by compartment, x of the dividers (pixels), empty places."""

    groups: list[list[Facing]] = field(default_factory=list)
    dividers: list[float] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def fill_compartments(
    rng: np.random.Generator, shelf: Shelf, width: int, choose: Choose
) -> Compartments:
    """Divide a shelf of `width` pixels and put one SKU into each part."""
    row = Compartments(dividers=[-rng.uniform(0, 10) * shelf.scale])
    while row.dividers[-1] < width:
        sku, package = choose()
        left = row.dividers[-1]
        sprite = _small(rng, shelf, package)
        columns = int(rng.integers(1, 3)) if sprite.shape[1] < 9 * shelf.scale else 1
        room = max(4 * shelf.scale, columns * sprite.shape[1] * rng.uniform(1.03, 1.35))
        row.dividers.append(left + room)
        chance = rng.random()
        if chance < EMPTY:
            top = shelf.base - shelf.clearance * rng.uniform(0.5, 0.75)
            row.gaps.append(Gap(left, top, left + room, shelf.base, ()))
            continue
        spot = left + room / 2, room
        vague = chance < EMPTY + VAGUE
        behind = _behind(rng, shelf, sprite, spot, int(rng.integers(3 if vague else 0, 8)))
        front = [] if vague else _front(rng, shelf, sprite, spot, columns)
        row.groups.append([replace(f, sku=sku) for f in (*behind, *front)])
    return row


def _small(rng: np.random.Generator, shelf: Shelf, package: Package) -> np.ndarray:
    """The pack as it is sold singly: low enough for its compartment."""
    high = min(package.height_cm * shelf.scale, shelf.clearance * rng.uniform(0.3, 0.75))
    rows, columns = package.picture.shape[:2]
    return scaled(package.picture, min(high * columns / rows, 16 * shelf.scale), high)


def _front(
    rng: np.random.Generator,
    shelf: Shelf,
    sprite: np.ndarray,
    spot: tuple[float, float],
    columns: int,
) -> list[Facing]:
    """What can be seen whole: side by side at the front edge, upright, leaning back or flat."""
    middle, room = spot
    squeeze = rng.choice([1.0, rng.uniform(0.55, 0.9), rng.uniform(0.35, 0.6)])
    spread, facings = rng.choice([1.0, 6.0]), []
    for number in range(columns):
        flat = scaled(sprite, sprite.shape[1], sprite.shape[0] * squeeze)
        item = turned(flat, rng.normal(0, spread))
        x = middle + (number - (columns - 1) / 2) * room / columns - item.shape[1] / 2
        y = shelf.base - item.shape[0] - rng.uniform(0, 0.04) * shelf.clearance
        facings.append(Facing(item, x + rng.normal(0, 0.02) * room, y, rng.uniform(0.85, 1.05), -1))
    return facings


def _behind(
    rng: np.random.Generator,
    shelf: Shelf,
    sprite: np.ndarray,
    spot: tuple[float, float],
    number: int,
) -> list[Facing]:
    """A heap or a file of packs towards the back: higher, smaller, darker, seen in parts."""
    middle, room = spot
    tidy, deep, squeeze = rng.random() < 0.5, rng.uniform(0.1, 0.4), rng.uniform(0.4, 1)
    facings = []
    for way in np.sort(rng.uniform(0.15, 1, number))[::-1]:
        size = 1 - 0.2 * way
        high = sprite.shape[0] * size * squeeze
        item = turned(
            scaled(sprite, sprite.shape[1] * size, high), rng.normal(0, 2 if tidy else 25)
        )
        slack = max(0.0, room * 0.9 - item.shape[1]) / 2
        x = middle - item.shape[1] / 2 + (0 if tidy else rng.uniform(-1, 1) * slack)
        y = shelf.base - item.shape[0] - way * deep * shelf.clearance
        light = rng.uniform(0.5, 0.8) * (1 - 0.45 * way)
        facings.append(Facing(item, x, max(y, shelf.top), light, -1, behind=True))
    return facings


def draw_dividers(
    rng: np.random.Generator, plane: Plane, shelf: Shelf, dividers: tuple[float, ...], store: Store
) -> None:
    """Floor, back wall and dividers that draw together towards the back."""
    width = plane.owners.shape[1]
    centre, draw_in = width * rng.uniform(0.3, 0.7), rng.uniform(0.06, 0.25)
    floor = shelf.base - shelf.clearance * rng.uniform(0.25, 0.45)
    back = max(shelf.top, floor - shelf.clearance * rng.uniform(0.25, 0.5))
    low = shelf.base - shelf.clearance * rng.uniform(0.12, 0.3)
    board, dim = np.array(store.bin_board), rng.uniform(0.25, 0.8)
    shading = np.linspace(0.4, 0.9, int(shelf.base) - int(floor))[:, None, None]
    plane.fill(0, floor, width, shelf.base, board * dim * shading)
    plane.fill(0, back, width, floor, board * dim * 0.35)
    for x in dividers:
        far = x + (centre - x) * draw_in
        corners = [(x, shelf.base), (x, low), (far, back), (far, floor)]
        tint = board * dim * rng.uniform(0.7, 1.05)
        _panel(rng, plane, corners, tuple(int(v) for v in tint))


def _panel(
    rng: np.random.Generator, plane: Plane, corners: list[tuple[float, float]], tint: Colour
) -> None:
    """A wall of wood or board: grain from its front edge to its back edge."""
    points = np.array(corners)
    cv2.fillPoly(plane.pixels, [points.astype(np.int32)], tint)
    darker = tuple(int(v * 0.8) for v in tint)
    for share in rng.uniform(0, 1, int(rng.integers(0, 5))):
        near = points[0] + (points[1] - points[0]) * share
        far = points[3] + (points[2] - points[3]) * share
        ends = tuple(int(v) for v in near), tuple(int(v) for v in far)
        cv2.line(plane.pixels, *ends, darker, 1)


def draw_boards(
    rng: np.random.Generator, plane: Plane, shelf: Shelf, dividers: tuple[float, ...], store: Store
) -> None:
    """Front boards before the packs' feet, the dividers' front ends, cards with writing."""
    high = shelf.clearance * rng.uniform(*BOARD)
    top, base, thick = shelf.base - high, shelf.base, max(2.0, 0.7 * shelf.scale)
    rise = rng.uniform(0, 0.15) * shelf.clearance
    for left, right in pairwise(dividers):
        tint = np.array(store.bin_board) * rng.uniform(0.85, 1.05)
        grain = rng.uniform(0.92, 1.05, max(1, int(base) - int(top)))[:, None, None]
        plane.fill(left, top, right, base, tint * grain)
        plane.fill(left - thick / 2, top - rise, left + thick / 2, base, tint * 0.75)
        if rng.random() < CARD:
            size = int((right - left) * rng.uniform(0.3, 0.6)), int(high * rng.uniform(0.8, 1.3))
            card = turned(opaque(promo_card(rng, size, store)), rng.normal(0, 4))
            plane.paste(card, left + (right - left) * rng.uniform(0.1, 0.5), base - len(card))
