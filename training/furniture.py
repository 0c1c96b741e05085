"""What stands around the products: back panel, boards, edges, trays, adverts, clutter."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.colours import random_colour, readable_on
from training.facings import Shelf
from training.lettering import Pen, brand_name, word, write_to_fit
from training.plane import Plane, opaque
from training.stores import Store
from training.textures import cloud


def back_panel(
    rng: np.random.Generator, size: tuple[int, int], scale: float, store: Store
) -> np.ndarray:
    """Paint the wall behind the shelves: (height, width, 3) uint8; `scale` is pixels per cm."""
    width, height = size
    grain = cv2.resize(cloud(rng, height // 8, width // 8, 6), size)
    wall = np.array(store.back) * (0.75 + 0.4 * grain[..., None])
    if rng.random() < 0.35:  # perforated
        step = max(4, int(2.5 * scale))
        wall[::step] *= 0.5
        if rng.random() < 0.5:
            wall[:, ::step] *= 0.6
    return np.clip(wall, 0, 255).astype(np.uint8)


def shelf_interior(rng: np.random.Generator, plane: Plane, shelf: Shelf, store: Store) -> None:
    """Darken towards the shelf above and show a strip of the board."""
    rows = slice(int(max(0, shelf.top)), int(max(0, shelf.base)))
    part = plane.pixels[rows]
    light = np.linspace(store.interior_light, 1, max(1, int(shelf.clearance)))
    light = np.resize(light[-len(part) :] if len(part) else light[:0], len(part))
    part[:] = part * light[:, None, None]
    depth = max(2, store.board_cm * shelf.scale)
    colour = np.array(store.board) * rng.uniform(0.5, 0.8)
    plane.fill(0, shelf.base - depth, plane.owners.shape[1], shelf.base, colour)


def shelf_edge(
    rng: np.random.Generator, plane: Plane, base: float, height: float, store: Store
) -> None:
    """Paint the front edge below `base`, `height` pixels tall; with adverts in some stores."""
    rows = int(base + height) - int(base)
    colours = np.array(store.edge) * np.linspace(1.1, 0.75, rows)[:, None, None]
    plane.fill(0, int(base), plane.owners.shape[1], int(base) + rows, colours)
    if store.adverts and rng.random() < 0.7:
        _edge_adverts(rng, plane, base, height, store)


def _edge_adverts(
    rng: np.random.Generator, plane: Plane, base: float, height: float, store: Store
) -> None:
    x = rng.uniform(0, 4) * height
    while x < plane.owners.shape[1]:
        wide = int(height * rng.uniform(2, 9))
        picture = sign(rng, (wide, max(4, int(height * rng.uniform(0.6, 0.95)))), store)
        plane.paste(opaque(picture), x, base + 1)
        x += wide + rng.uniform(0, 10) * height


def sign(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """A coloured sign with words, no price: (h, w, 3) uint8 RGB."""
    width, height = size
    colour = random_colour(rng)
    sheet = Image.new("RGB", (max(4, width), max(4, height)), colour)
    draw = ImageDraw.Draw(sheet)
    lines = 1 if width > 2 * height else int(rng.integers(1, 5))
    for line in range(lines):
        box = (
            width * 0.05,
            height * (line + 0.08) / lines,
            width * 0.95,
            height * (line + 0.92) / lines,
        )
        text = f"{brand_name(rng)} {word(rng)}" if rng.random() < 0.7 else word(rng)
        typeface = store.materials.bold_font(rng)
        write_to_fit(draw, box, text, Pen(typeface, readable_on(rng, colour)))
    return np.array(sheet)


def tray(
    rng: np.random.Generator, plane: Plane, shelf: Shelf, span: tuple[float, float], tall: float
) -> None:
    """A cardboard tray or clear lip in front of products between span[0] and span[1].

    Args:
        tall: height of the products behind it, pixels.
    """
    high = tall * rng.uniform(0.08, 0.3)
    x1, x2 = span
    if rng.random() < 0.3:  # clear plastic: brightens, hides nothing
        plane.shade(x1, shelf.base - high, x2, shelf.base, rng.uniform(1.1, 1.35))
        plane.fill(x1, shelf.base - high, x2, shelf.base - high + 1, np.array((225, 230, 232)))
        return
    board = np.array((176, 137, 96) if rng.random() < 0.5 else random_colour(rng), np.float32)
    top, base = int(shelf.base - high), int(shelf.base)
    plane.fill(x1, top, x2, base, board * np.linspace(1.05, 0.8, base - top)[:, None, None])


def clutter(rng: np.random.Generator, plane: Plane, store: Store) -> None:
    """Things that are no product: posters over the shelves, a margin of floor or aisle."""
    height, width = plane.owners.shape
    for _ in range(int(rng.poisson(0.5))):
        size = int(width * rng.uniform(0.06, 0.25)), int(height * rng.uniform(0.04, 0.2))
        place = rng.uniform(0, width), rng.uniform(0, height)
        plane.paste(opaque(sign(rng, size, store)), *place)
    if rng.random() < 0.35:
        _margin(rng, plane)


def _margin(rng: np.random.Generator, plane: Plane) -> None:
    """Cover one side of the plane with floor, ceiling or aisle."""
    height, width = plane.owners.shape
    wide, high = int(width * rng.uniform(0.15, 0.4)), int(height * rng.uniform(0.15, 0.4))
    boxes = (
        (0, 0, wide, height),
        (width - wide, 0, width, height),
        (0, 0, width, high),
        (0, height - high, width, height),
    )
    box = boxes[int(rng.integers(4))]
    rows, columns = box[3] - box[1], box[2] - box[0]
    grain = cloud(rng, rows, columns, int(rng.integers(2, 8)))
    colours = np.array(random_colour(rng, white=0.4, black=0.3)) * (0.6 + 0.5 * grain[..., None])
    plane.fill(*box, colours)
    if rng.random() < 0.6:  # joints between tiles
        for place in np.arange(0, max(rows, columns), max(20, int(width * rng.uniform(0.05, 0.2)))):
            plane.shade(box[0] + place, box[1], box[0] + place + 3, box[3], 0.6)
