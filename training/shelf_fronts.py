"""What stands before the products' feet: trays, display cartons, clear lips, wires, bins."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.colours import Colour, random_colour, readable_on
from training.facings import Shelf
from training.glyphs import write_signs
from training.lettering import Pen, brand_name, word, write_to_fit
from training.plane import Plane, opaque
from training.stores import Store

CARDBOARD: tuple[Colour, ...] = ((176, 137, 96), (196, 160, 118), (150, 112, 78))


@dataclass(frozen=True)
class Stand:
    """Where a group of products stands: its shelf, left and right, and how tall it is; pixels."""

    shelf: Shelf
    left: float
    right: float
    tall: float


Front = Callable[[np.random.Generator, Plane, Stand, Store], None]


def stand_before(rng: np.random.Generator, plane: Plane, stand: Stand, store: Store) -> None:
    """Draw what the store puts before a group of products."""
    if store.fronts in FRONTS and rng.random() < store.front_share:
        FRONTS[store.fronts](rng, plane, stand, store)


def _tray(rng: np.random.Generator, plane: Plane, stand: Stand, store: Store) -> None:
    """A low cardboard tray, plain or printed."""
    high = int(stand.tall * rng.uniform(0.06, 0.22))
    board = _printed_board(rng, (int(stand.right - stand.left), high), store)
    plane.paste(opaque(board), stand.left, stand.shelf.base - high, light=rng.uniform(0.8, 1.05))


def _carton(rng: np.random.Generator, plane: Plane, stand: Stand, store: Store) -> None:
    """A shelf-ready box: full sides, a front cut low in the middle."""
    wide, high = int(stand.right - stand.left), int(stand.tall * rng.uniform(0.3, 0.85))
    if min(wide, high) < 6:
        return
    board = _printed_board(rng, (wide, high), store)
    lip, rim = rng.uniform(0.25, 0.6) * high, max(1, int(wide * rng.uniform(0.01, 0.05)))
    alpha = np.full((high, wide), 255, np.uint8)
    slope = rng.uniform(0, 0.25) * min(high, wide / 3)
    cut = [(rim, 0), (wide - rim, 0), (wide - rim - slope, high - lip), (rim + slope, high - lip)]
    cv2.fillPoly(alpha, [np.array(cut, np.int32)], 0)
    plane.paste(
        np.dstack([board, alpha]), stand.left, stand.shelf.base - high, light=rng.uniform(0.8, 1)
    )


def _lip(rng: np.random.Generator, plane: Plane, stand: Stand, _: Store) -> None:
    """Clear plastic over the feet: brightens, reflects at its upper rim, hides nothing."""
    high = min(stand.tall * rng.uniform(0.12, 0.4), 7 * stand.shelf.scale)
    x1, x2, top = stand.left, stand.right + stand.shelf.scale, stand.shelf.base - high
    rim = max(1.0, 0.25 * stand.shelf.scale)
    share = rng.uniform(0.05, 0.25)
    plane.glaze((x1, top, x2, stand.shelf.base), (235, 240, 242), share)
    plane.glaze((x1, top, x2, top + rim), (250, 252, 255), rng.uniform(0.3, 0.8))
    for _ in range(int(rng.integers(4))):
        x = rng.uniform(x1, x2)
        wide = rng.uniform(0.3, 3) * stand.shelf.scale
        plane.glaze((x, top, min(x2, x + wide), stand.shelf.base), (255, 255, 255), share * 1.5)


def _wire(rng: np.random.Generator, plane: Plane, stand: Stand, _: Store) -> None:
    """A low wire fence."""
    high, thick = stand.tall * rng.uniform(0.1, 0.3), max(1, int(0.3 * stand.shelf.scale))
    colour = (200, 200, 200) if rng.random() < 0.7 else (60, 60, 60)
    x1, x2 = int(stand.left), int(stand.right)
    for y in np.linspace(stand.shelf.base - high, stand.shelf.base, 3)[:-1]:
        cv2.line(plane.pixels, (x1, int(y)), (x2, int(y)), colour, thick)
    for x in np.arange(x1, x2, max(5.0, rng.uniform(3, 8) * stand.shelf.scale)):
        ends = (int(x), int(stand.shelf.base - high)), (int(x), int(stand.shelf.base))
        cv2.line(plane.pixels, *ends, colour, thick)


def _bin(rng: np.random.Generator, plane: Plane, stand: Stand, store: Store) -> None:
    """An open bin of wood, cardboard or plastic: a front board and dividers at its sides."""
    board = np.array(store.bin_board) * rng.uniform(0.6, 1)
    high = max(3.0, min(stand.tall * rng.uniform(0.15, 0.45), 6 * stand.shelf.scale))
    top, base = int(stand.shelf.base - high), int(stand.shelf.base)
    shading = np.linspace(1.05, 0.8, max(0, base - top))[:, None, None]
    plane.fill(stand.left, top, stand.right, base, board * shading)
    wide = max(2.0, 0.8 * stand.shelf.scale)
    wall = min(stand.shelf.clearance * 0.9, max(high, stand.tall * rng.uniform(0.6, 1.2)))
    for x in (stand.left, stand.right):
        plane.fill(x - wide / 2, base - wall, x + wide / 2, base, board * 0.7)


def _rail(rng: np.random.Generator, plane: Plane, stand: Stand, store: Store) -> None:
    """A dark bar across the packs, clear plastic from there down: one sees their feet again."""
    scale, base = stand.shelf.scale, stand.shelf.base
    high = stand.tall * rng.uniform(0.2, 0.42)
    thick = max(2.0, min(rng.uniform(1, 4) * scale, high * 0.6))
    top, x2 = base - high, stand.right + scale
    colour = np.array(store.edge if rng.random() < 0.3 else (28, 28, 30)) * rng.uniform(0.6, 1.2)
    shading = np.linspace(1.3, 0.7, int(top + thick) - int(top))[:, None, None]
    plane.glaze((stand.left, top + thick, x2, base), (90, 95, 92), rng.uniform(0.1, 0.4))
    plane.fill(stand.left, top, x2, top + thick, colour * shading)


FRONTS: dict[str, Front] = {
    "trays": _tray,
    "cartons": _carton,
    "lips": _lip,
    "wires": _wire,
    "bins": _bin,
    "rails": _rail,
}


def _printed_board(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """Cardboard, bare or in a brand's colours with its name: (h, w, 3) uint8 RGB."""
    width, height = max(4, size[0]), max(4, size[1])
    bare = rng.random() < 0.45
    colour = CARDBOARD[int(rng.integers(len(CARDBOARD)))] if bare else random_colour(rng)
    sheet = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(sheet)
    ink = readable_on(rng, colour)
    box = (width * rng.uniform(0.05, 0.4), height * 0.55, width * 0.85, height * 0.95)
    if rng.random() < 0.7 and height > 8:
        if store.label_style.signs and rng.random() < 0.5:
            write_signs(rng, draw, box, ink)
        else:
            text = brand_name(rng) if rng.random() < 0.6 else word(rng)
            write_to_fit(draw, box, text, Pen(store.materials.bold_font(rng), ink))
    if rng.random() < 0.15:  # a white sticker with lines, no price
        x, y = width * rng.uniform(0, 0.7), height * rng.uniform(0.4, 0.6)
        draw.rectangle((x, y, x + height * 0.5, y + height * 0.35), fill=(240, 240, 238))
    shading = np.linspace(1.05, 0.8, height)[:, None, None]
    return np.clip(np.array(sheet) * shading, 0, 255).astype(np.uint8)
