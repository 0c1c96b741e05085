"""Placing packages on one shelf: side by side, stacked, leaning, heaped or hanging."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from training.brands import SOFT_KINDS
from training.packages import Package
from training.plane import scaled, turned

ROW_KINDS = {"stick", "pet_bottle"}  # many of one SKU side by side
SNUG = 0.25  # share of groups without a gap between two packs
NEAT = 0.4  # share of groups of round packs whose fronts all face the aisle
HANGING_KINDS = {"pouch", "pillow_bag", "blister"}


@dataclass(frozen=True)
class Shelf:
    """One shelf on the plane.

    Attributes:
        top: lower edge of the shelf above, pixels.
        base: line the products stand on, pixels.
        scale: pixels per centimetre.
    """

    top: float
    base: float
    scale: float

    @property
    def clearance(self) -> float:
        """Free height, pixels."""
        return self.base - self.top


@dataclass(frozen=True)
class Facing:
    """One package in its place.

    Attributes:
        sprite: (h, w, 4) uint8 RGBA.
        x, y: top left corner on the plane, pixels.
        light: factor on its colours.
        sku: index into the library.
        column: number of its place within the group; stacked facings share one.
        standing: it stands or is stacked on the board, so its absence would be a gap.
        recessed: it is pushed back.
        behind: it lies behind the front row, so it is neither hit nor miss.
    """

    sprite: np.ndarray
    x: float
    y: float
    light: float
    sku: int
    column: int = 0
    standing: bool = False
    recessed: bool = False
    behind: bool = False

    @property
    def width(self) -> int:
        """Pixels."""
        return self.sprite.shape[1]

    @property
    def right(self) -> float:
        """Right edge, pixels."""
        return self.x + self.sprite.shape[1]

    @property
    def bottom(self) -> float:
        """Lower edge, pixels."""
        return self.y + self.sprite.shape[0]


@dataclass(frozen=True)
class Leans:
    """How a column stands: pushed back, crooked."""

    recessed: bool
    tilted: bool


Arrangement = Callable[[np.random.Generator, Shelf, Package, int, float], list[Facing]]


def arrange(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Place a group of facings of one SKU, starting at x (pixels)."""
    return _choose(rng, package)(rng, shelf, package, sku, x)


def _choose(rng: np.random.Generator, package: Package) -> Arrangement:
    chance, kind = rng.random(), package.kind.name
    if kind in HANGING_KINDS and chance < (0.8 if kind == "blister" else 0.15):
        return _hanging
    if kind in SOFT_KINDS and chance < 0.45:
        return _heap
    if chance > 0.93 and not package.round:
        return _leaning
    return _standing


def _sprite(rng: np.random.Generator, shelf: Shelf, package: Package) -> np.ndarray:
    height = package.height_cm * shelf.scale * rng.uniform(0.97, 1.03)
    rows, columns = package.picture.shape[:2]
    return scaled(package.picture, height * columns / rows, height)


def _sides(rng: np.random.Generator, shelf: Shelf, package: Package) -> list[np.ndarray]:
    """The front, and now and then more sides among three fronts: some groups are turned."""
    front = _sprite(rng, shelf, package)
    if not package.turned or rng.random() < NEAT:
        return [front]
    others = [scaled(side, front.shape[1], front.shape[0]) for side in package.turned]
    return [front, front, front, *others]


def _standing(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Side by side with unevenness, each a column of stacked items."""
    sprites = _sides(rng, shelf, package)
    width = sprites[0].shape[1]
    space = width * (rng.uniform(-0.03, 0.04) if rng.random() < 0.9 else rng.uniform(0.05, 0.4))
    loose = 0.02
    if rng.random() < SNUG:
        space, loose = 0, 0.002
    high = _stack_height(rng, shelf, package, sprites[0])
    recessed, tilted = rng.random() < 0.09, rng.random() < 0.2
    facings = []
    fewer = 0.15 if package.kind.name in ROW_KINDS else 0.33
    for number in range(int(min(rng.geometric(fewer), 10))):
        place = x + number * (width + space) + rng.normal(0, loose) * width
        back = recessed or rng.random() < 0.07
        items = max(1, high - int(rng.integers(3) if rng.random() < 0.3 else 0))
        column = _column(rng, shelf, sprites, items, Leans(back, tilted))
        facings += [replace(f, x=f.x + place, sku=sku, column=number) for f in column]
    return facings


def _stack_height(
    rng: np.random.Generator, shelf: Shelf, package: Package, sprite: np.ndarray
) -> int:
    if not package.kind.stackable or rng.random() > 0.85:
        return 1
    return int(np.clip(shelf.clearance * 0.98 // sprite.shape[0], 1, rng.integers(2, 9)))


def _column(
    rng: np.random.Generator, shelf: Shelf, sides: list[np.ndarray], number: int, leans: Leans
) -> list[Facing]:
    """A stack of items at x = 0; recessed ones are smaller, higher and darker.

    `sides` are pictures of the same item, its front first.
    """
    size = rng.uniform(0.8, 0.95) if leans.recessed else 1.0
    items = [scaled(side, side.shape[1] * size, side.shape[0] * size) for side in sides]
    sprite = sides[0]
    light = rng.uniform(0.92, 1.05) * (rng.uniform(0.5, 0.8) if leans.recessed else 1)
    y = shelf.base - (shelf.scale * rng.uniform(0.5, 2.5) if leans.recessed else 0)
    column = []
    for _ in range(number):
        item = items[int(rng.integers(len(items)))]
        shown = turned(item, rng.normal(0, 2.5)) if leans.tilted and rng.random() < 0.5 else item
        if rng.random() < 0.05:  # twisted: its front looks narrower
            shown = scaled(shown, shown.shape[1] * rng.uniform(0.75, 0.95), shown.shape[0])
        x = (sprite.shape[1] - shown.shape[1]) / 2 + rng.normal(0, 0.012) * sprite.shape[1]
        place = x, y - shown.shape[0]
        column.append(Facing(shown, *place, light, -1, standing=True, recessed=leans.recessed))
        y -= item.shape[0] * 0.985
    return column


def _leaning(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Like books without a bookend: all lean to one side, each on the one before."""
    sprite = _sprite(rng, shelf, package)
    degrees, facings = rng.uniform(4, 20) * rng.choice([-1, 1]), []
    for number in range(int(rng.integers(1, 6))):
        item = turned(sprite, degrees * rng.uniform(0.8, 1.1))
        y = shelf.base - item.shape[0] + 1
        facings.append(Facing(item, x, y, rng.uniform(0.85, 1), sku, number))
        x += sprite.shape[1] * rng.uniform(0.85, 1.0)
    return facings


def _heap(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Soft packs thrown in, leaning over each other, the nearer ones lower."""
    sprite = _sprite(rng, shelf, package)
    height, width = sprite.shape[:2]
    number = int(rng.integers(2, 9))
    span = width * number * rng.uniform(0.3, 0.6)
    heights = np.sort(rng.uniform(0, min(0.6, max(0, shelf.clearance / height - 1)), number))
    squeeze, spread = rng.uniform(0.55, 1), rng.uniform(3, 14)
    places = rng.uniform(0, span, number)
    facings = []
    for lift, place in zip((heights - heights[0])[::-1], places - places.min(), strict=True):
        flat = scaled(sprite, width, height * squeeze * rng.uniform(0.9, 1.1))
        item = turned(flat, rng.normal(0, spread))
        y = shelf.base - item.shape[0] - lift * height
        light = rng.uniform(0.75, 1.0) * (1 - 0.5 * lift)
        facings.append(Facing(item, x + place, y, light, sku))
    return facings


def _hanging(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Packs on hooks, in rows below each other as far as they fit."""
    sprite = _sprite(rng, shelf, package)
    height, width = sprite.shape[:2]
    row_height, pitch = height * rng.uniform(1.03, 1.3), width * rng.uniform(1.0, 1.25)
    rows = int(max(1, shelf.clearance // row_height))
    slack = max(0, shelf.clearance - rows * row_height)
    facings = []
    for column in range(int(rng.integers(1, 6))):
        for row in range(rows):
            y = shelf.top + slack * 0.5 + row * row_height + rng.normal(0, 0.01) * height
            item = turned(sprite, rng.normal(0, 1.5)) if rng.random() < 0.5 else sprite
            place = x + column * pitch, y
            facings.append(Facing(item, *place, rng.uniform(0.85, 1), sku, column))
    return facings
