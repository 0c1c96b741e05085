"""The flat front of a shelf being drawn: pixels, and which thing each pixel belongs to.

Boxes are read off the owners of the pixels at the very end, after the camera: so they are tight
and know what is hidden, whatever was drawn over what.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

NOTHING = 0  # owner of pixels that belong to no item
SOLID = 100  # alpha, 0..255, from which a pixel belongs to the item

PRODUCT, PRICE_TAG, GAP, BACK_ROW = range(4)  # kinds of items; a back row is always ignored


@dataclass(frozen=True)
class Item:
    """Something with truth. `sku` indexes the library, -1 = none; `text` is a tag's price."""

    kind: int
    sku: int = -1
    text: str = ""


@dataclass
class Plane:
    """Canvas of one scene.

    Attributes:
        pixels: (h, w, 3) uint8 RGB.
        owners: (h, w) int16, 1 + index into items, 0 = NOTHING.
        items: what was drawn, in order.
        areas: solid pixels each item had when it was drawn, on the canvas or off it.
    """

    pixels: np.ndarray
    owners: np.ndarray
    items: list[Item] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)

    def paste(
        self, sprite: np.ndarray, x: float, y: float, *, light: float = 1, item: Item | None = None
    ) -> None:
        """Draw an RGBA sprite with its top left corner at x, y; it takes over its pixels."""
        owner = self._register(sprite, item)
        left, top = round(x), round(y)
        height, width = self.owners.shape
        x1, y1 = max(0, left), max(0, top)
        x2, y2 = min(width, left + sprite.shape[1]), min(height, top + sprite.shape[0])
        if x2 <= x1 or y2 <= y1:
            return
        part = sprite[y1 - top : y2 - top, x1 - left : x2 - left]
        below = self.pixels[y1:y2, x1:x2]
        colours = cv2.convertScaleAbs(part[..., :3], alpha=light)
        alpha = part[..., 3].astype(np.float32) / 255
        below[:] = cv2.blendLinear(colours, below, alpha, 1 - alpha)
        self.owners[y1:y2, x1:x2][part[..., 3] > SOLID] = owner

    def claim(self, x1: float, y1: float, x2: float, y2: float, item: Item) -> None:
        """Give a rectangle to an item without painting: an empty place shows what is there."""
        rows, columns = self._clip(x1, y1, x2, y2)
        self.items.append(item)
        self.areas.append(max(0, int(x2) - int(x1)) * max(0, int(y2) - int(y1)))
        self.owners[rows, columns] = len(self.items)

    def fill(self, x1: float, y1: float, x2: float, y2: float, colour: np.ndarray) -> None:
        """Paint a rectangle over everything.

        `colour` broadcasts to (rows, columns, 3) of the whole rectangle, seen or not.
        """
        left, top = int(x1), int(y1)
        size = max(0, int(y2) - top), max(0, int(x2) - left), 3
        paint = np.broadcast_to(np.clip(colour, 0, 255).astype(np.uint8), size)
        rows, columns = self._clip(left, top, left + size[1], top + size[0])
        if rows.stop > rows.start and columns.stop > columns.start:
            self.pixels[rows, columns] = paint[
                rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
            ]
            self.owners[rows, columns] = NOTHING

    def shade(self, x1: float, y1: float, x2: float, y2: float, light: float) -> None:
        """Multiply a rectangle's pixels; owners stay."""
        rows, columns = self._clip(x1, y1, x2, y2)
        part = self.pixels[rows, columns]
        part[:] = np.clip(part * np.float32(light), 0, 255)

    def glaze(
        self, box: tuple[float, float, float, float], colour: tuple[int, int, int], share: float
    ) -> None:
        """Lay something clear over a rectangle: `share` of a colour; owners stay."""
        rows, columns = self._clip(*box)
        part = self.pixels[rows, columns]
        film = np.array(colour, np.float32) * np.float32(share)
        part[:] = np.clip(part * np.float32(1 - share) + film, 0, 255)

    def _clip(self, x1: float, y1: float, x2: float, y2: float) -> tuple[slice, slice]:
        height, width = self.owners.shape
        return (
            slice(int(max(0, y1)), int(max(0, min(height, y2)))),
            slice(int(max(0, x1)), int(max(0, min(width, x2)))),
        )

    def _register(self, sprite: np.ndarray, item: Item | None) -> int:
        if item is None:
            return NOTHING
        self.items.append(item)
        self.areas.append(int(np.count_nonzero(sprite[..., 3] > SOLID)))
        return len(self.items)


def opaque(picture: np.ndarray) -> np.ndarray:
    """Add a full alpha channel to an RGB picture."""
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def scaled(sprite: np.ndarray, width: float, height: float) -> np.ndarray:
    """Resize a sprite to whole pixels, at least 4 a side."""
    size = max(4, round(width)), max(4, round(height))
    shrinks = size[1] < sprite.shape[0]
    return cv2.resize(sprite, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def turned(sprite: np.ndarray, degrees: float) -> np.ndarray:
    """Rotate a sprite about its middle, on a canvas large enough."""
    height, width = sprite.shape[:2]
    angle = np.radians(abs(degrees))
    wide = int(width * np.cos(angle) + height * np.sin(angle)) + 2
    high = int(height * np.cos(angle) + width * np.sin(angle)) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return cv2.warpAffine(sprite, matrix, (wide, high), flags=cv2.INTER_LINEAR)
