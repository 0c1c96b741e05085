"""The shelf itself: back panel, board and front edge."""

import cv2
import numpy as np

from training.colours import random_colour
from training.facings import Shelf
from training.plane import Plane, opaque, scaled
from training.signs import printed_strip, sign
from training.stores import Store
from training.textures import cloud, picture

BOARD_DEPTH_CM = 18  # of a board's top, as high as it shows when seen from far above
WOOD = (92, 62, 45)
LINERS = ((176, 137, 96), (60, 60, 62), (205, 205, 200))  # of trays and bins, inside


def back_panel(
    rng: np.random.Generator, size: tuple[int, int], scale: float, store: Store
) -> np.ndarray:
    """Paint the wall behind the shelves: (height, width, 3) uint8; `scale` is pixels per cm."""
    width, height = size
    if store.back_kind == "open":
        far = cv2.resize(picture(rng, 80, 80, store.materials), size)
        return cv2.convertScaleAbs(far, alpha=rng.uniform(0.25, 0.8))
    grain = cloud(rng, height // 8, width // 8, 6)[..., None]
    small = np.clip(np.array(store.back) * (0.75 + 0.4 * grain), 0, 255).astype(np.uint8)
    wall = cv2.resize(small, size)
    step = max(4, int(2.5 * scale))
    if store.back_kind == "slatted":
        wall[::step] = wall[::step] // 2
        wall[1::step] = cv2.convertScaleAbs(wall[1::step], alpha=1.2)
    elif store.back_kind == "perforated":
        dash, high = max(2, int(step * rng.uniform(0.3, 0.7))), max(1, step // 6)
        for row in range(0, height, step):
            holes = wall[row : row + high].reshape(-1, width, 3)
            for shift in range(dash):
                holes[:, shift::step] = holes[:, shift::step] // 3
    return wall


def shelf_interior(rng: np.random.Generator, plane: Plane, shelf: Shelf, store: Store) -> None:
    """Darken towards the shelf above and show the top of the board."""
    rows = slice(int(max(0, shelf.top)), int(max(0, shelf.base)))
    part = plane.pixels[rows]
    light = np.linspace(store.interior_light, 1, max(1, int(shelf.clearance)), dtype=np.float32)
    light = np.resize(light[-len(part) :] if len(part) else light[:0], len(part))
    part[:] = part * light[:, None, None]
    depth = (0.6 + BOARD_DEPTH_CM * store.seen_from_above) * shelf.scale
    depth = max(2, min(depth, shelf.clearance * 0.5))
    colour = np.array(store.board) * rng.uniform(0.5, 0.8)
    rows_shown = int(shelf.base) - int(shelf.base - depth)
    fade = np.linspace(0.45, 1.05, max(1, rows_shown))[:, None, None]
    plane.fill(0, shelf.base - depth, plane.owners.shape[1], shelf.base, colour * fade)
    if store.board_kind == "wire":
        _wires(rng, plane, shelf, depth)


def _wires(rng: np.random.Generator, plane: Plane, shelf: Shelf, depth: float) -> None:
    """Bars running to the back: they draw together towards the middle of the photo."""
    width = plane.owners.shape[1]
    top, base = int(shelf.base - depth), int(shelf.base)
    thick = max(1, int(0.35 * shelf.scale))
    for x in np.arange(0, width, max(4.0, rng.uniform(1.5, 4) * shelf.scale)):
        inner = x + (width / 2 - x) * depth / width * 0.5
        cv2.line(plane.pixels, (int(x), base), (int(inner), top), (190, 190, 188), thick)


def under_board(plane: Plane, shelf: Shelf, store: Store) -> None:
    """The shadow that the shelf above casts on the products, over their upper part."""
    if store.shadow <= 0:
        return
    top, end = int(max(0, shelf.top)), int(max(0, shelf.top + 0.6 * shelf.clearance))
    part = plane.pixels[top:end]
    light = np.linspace(1 - store.shadow, 1, len(part), dtype=np.float32)[:, None, None]
    part[:] = part * light


def empty_place(
    rng: np.random.Generator, plane: Plane, box: tuple[float, float, float, float]
) -> None:
    """The inside of an emptied place: floor and walls of a tray or bin, or the neighbours' sides.

    `box` is x1, y1, x2, y2 on the plane, pixels.
    """
    x1, y1, x2, y2 = (int(value) for value in box)
    wide, high = x2 - x1, y2 - y1
    if rng.random() < 0.5 or min(wide, high) < 8:
        return
    inset, rise = int(wide * rng.uniform(0.05, 0.3)), int(high * rng.uniform(0.1, 0.6))
    tint = np.array(side_colour(rng) if rng.random() < 0.4 else LINERS[int(rng.integers(3))])
    floor = [(x1, y2), (x2, y2), (x2 - inset, y2 - rise), (x1 + inset, y2 - rise)]
    left = [(x1, y2), (x1 + inset, y2 - rise), (x1 + inset, y1 + high // 4), (x1, y1)]
    right = [(x2, y2), (x2 - inset, y2 - rise), (x2 - inset, y1 + high // 4), (x2, y1)]
    dim = rng.uniform(0.25, 0.9)
    for corners, light in ((floor, 1.0), (left, 0.5), (right, 0.65)):
        fill = tuple(int(value) for value in np.clip(tint * light * dim, 0, 255))
        if corners is floor or rng.random() < 0.6:
            cv2.fillPoly(plane.pixels, [np.array(corners, np.int32)], fill)


def shelf_edge(
    rng: np.random.Generator, plane: Plane, base: float, height: float, store: Store
) -> None:
    """Paint the front edge below `base`, `height` pixels tall; with adverts in some stores."""
    rows, width = int(base + height) - int(base), plane.owners.shape[1]
    colour = np.array(WOOD if store.edge_kind == "wood" else store.edge)
    shape = np.linspace(1.1, 0.75, rows)
    if store.edge_kind == "rail":  # a price channel between two lips
        shape = 0.85 + 0.25 * np.cos(np.linspace(0, rng.uniform(3, 7), rows))
        shape[: max(1, rows // 10)] *= 1.2
    if store.edge_kind == "printed":
        plane.paste(opaque(printed_strip(rng, (width, rows), store)), 0, int(base))
    else:
        plane.fill(0, int(base), width, int(base) + rows, colour * shape[:, None, None])
    plane.shade(0, int(base) + rows, width, int(base) + rows + max(2, height * 0.4), 0.6)
    if store.edge_pictures:
        _edge_pictures(rng, plane, base, height, store)
    elif rng.random() < store.adverts:
        _edge_adverts(rng, plane, base, height, store)
    if store.edge_kind in {"rail", "plain"} and rng.random() < 0.2:
        _clear_channel(rng, plane, base, height)


def _edge_adverts(
    rng: np.random.Generator, plane: Plane, base: float, height: float, store: Store
) -> None:
    x = rng.uniform(0, 4) * height
    while x < plane.owners.shape[1]:
        wide = int(height * rng.uniform(1.2, 9))
        shown = sign(rng, (wide, max(4, int(height * rng.uniform(0.6, 0.95)))), store)
        plane.paste(opaque(shown), x, base + 1)
        x += wide + rng.uniform(0, 10) * height


def _edge_pictures(
    rng: np.random.Generator, plane: Plane, base: float, height: float, store: Store
) -> None:
    """The store's small adverts, in runs of a few, about as high as the edge."""
    x, high = rng.uniform(0, 4) * height, height * rng.uniform(0.8, 1.0)
    while x < plane.owners.shape[1]:
        for _ in range(int(rng.integers(1, 4))):
            shot = store.edge_pictures[int(rng.integers(len(store.edge_pictures)))]
            shown = scaled(shot, high * shot.shape[1] / shot.shape[0], high)
            plane.paste(opaque(shown), x, base + 1, light=rng.uniform(0.85, 1.05))
            x += shown.shape[1]
        x += rng.uniform(0, 5) * height


def _clear_channel(rng: np.random.Generator, plane: Plane, base: float, height: float) -> None:
    """Glossy plastic over the edge, with reflections of lamps."""
    width = plane.owners.shape[1]
    for _ in range(int(rng.integers(1, 6))):
        x = rng.uniform(0, width)
        wide = rng.uniform(1, 12) * height
        plane.glaze((x, base, x + wide, base + height * 0.5), (255, 255, 250), 0.5)


def side_colour(rng: np.random.Generator) -> np.ndarray:
    """Colour of posts and side walls: (3,) float."""
    grey = rng.uniform(40, 240)
    return np.array((grey, grey, grey)) if rng.random() < 0.8 else np.array(random_colour(rng))
