"""Placing packages on one shelf: side by side, stacked, heaped or hanging."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.packages import Package
from training.plane import scaled, turned

SOFT_KINDS = {"pouch", "pillow_bag", "bar"}


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
    """One package in its place; x and y are its top left corner, pixels."""

    sprite: np.ndarray
    x: float
    y: float
    light: float
    sku: int
    recessed: bool = False

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
    chance = rng.random()
    if package.kind.name in SOFT_KINDS:
        if chance < 0.18:
            return _heap
        if chance < 0.36:
            return _hanging
    return _standing


def _sprite(rng: np.random.Generator, shelf: Shelf, package: Package) -> np.ndarray:
    height = package.height_cm * shelf.scale * rng.uniform(0.97, 1.03)
    rows, columns = package.picture.shape[:2]
    return scaled(package.picture, height * columns / rows, height)


def _standing(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Side by side with holes and unevenness, each a column of stacked items."""
    sprite = _sprite(rng, shelf, package)
    width = sprite.shape[1]
    gap = width * (rng.uniform(-0.03, 0.06) if rng.random() < 0.8 else rng.uniform(0.06, 0.5))
    high = _stack_height(rng, shelf, package, sprite)
    recessed, tilted = rng.random() < 0.12, rng.random() < 0.15
    facings = []
    for _ in range(int(min(rng.geometric(0.33), 10))):
        if rng.random() >= 0.04:  # else an empty place
            place = x + rng.normal(0, 0.02) * width
            back = recessed or rng.random() < 0.05
            number = max(1, high - int(rng.random() < 0.2))
            column = _column(rng, shelf, sprite, number, Leans(back, tilted))
            facings += [_shift(facing, place, sku) for facing in column]
        x += width + gap
    return facings


def _stack_height(
    rng: np.random.Generator, shelf: Shelf, package: Package, sprite: np.ndarray
) -> int:
    if not package.kind.stackable or rng.random() > 0.6:
        return 1
    return int(np.clip(shelf.clearance * 0.98 // sprite.shape[0], 1, rng.integers(2, 7)))


def _column(
    rng: np.random.Generator, shelf: Shelf, sprite: np.ndarray, number: int, leans: Leans
) -> list[Facing]:
    """A stack of items at x = 0; recessed ones are smaller, higher and darker."""
    size = rng.uniform(0.86, 0.95) if leans.recessed else 1.0
    item = scaled(sprite, sprite.shape[1] * size, sprite.shape[0] * size)
    light = rng.uniform(0.92, 1.05) * (0.72 if leans.recessed else 1)
    y = shelf.base - (shelf.scale * rng.uniform(0.5, 1.5) if leans.recessed else 0)
    column = []
    for _ in range(number):
        shown = turned(item, rng.normal(0, 2.5)) if leans.tilted and rng.random() < 0.5 else item
        x = (sprite.shape[1] - shown.shape[1]) / 2 + rng.normal(0, 0.012) * sprite.shape[1]
        column.append(Facing(shown, x, y - shown.shape[0], light, -1, leans.recessed))
        y -= item.shape[0] * 0.985
    return column


def _heap(
    rng: np.random.Generator, shelf: Shelf, package: Package, sku: int, x: float
) -> list[Facing]:
    """Soft packs thrown in, leaning over each other, the nearer ones lower."""
    sprite = _sprite(rng, shelf, package)
    height, width = sprite.shape[:2]
    number = int(rng.integers(2, 7))
    span = width * number * rng.uniform(0.4, 0.8)
    heights = np.sort(rng.uniform(0, min(0.5, max(0, shelf.clearance / height - 1)), number))
    facings = []
    for lift in heights[::-1]:
        item = turned(sprite, rng.normal(0, 9))
        y = shelf.base - item.shape[0] - lift * height
        light = rng.uniform(0.75, 1.0) * (1 - 0.3 * lift)
        facings.append(Facing(item, x + rng.uniform(0, span), y, light, sku))
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
            facings.append(Facing(item, x + column * pitch, y, rng.uniform(0.85, 1), sku))
    return facings


def _shift(facing: Facing, x: float, sku: int) -> Facing:
    return Facing(facing.sprite, facing.x + x, facing.y, facing.light, sku, facing.recessed)
