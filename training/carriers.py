"""Carriers and cases of drinks: bottle necks above printed cardboard; cans in a closed case."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.brands import Brand
from training.colours import from_hsv
from training.giant_letters import giant_front, swoosh
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials

GLASS = ((70, 38, 18), (30, 70, 35), (40, 20, 15), (150, 165, 160), (170, 120, 50))
WHOLE_CASE = (1.1, 2.2)  # the printed motif, as large as so many cases


@dataclass(frozen=True)
class Sheet:
    """What a carrier is painted on: colours (h, w, 3) and coverage (h, w), both float32."""

    front: np.ndarray
    mask: np.ndarray
    top: int  # where the printed board begins, pixels

    def lay(self, rows: slice, colour: np.ndarray, share: np.ndarray) -> None:
        """Blend colours into some rows; `share` is (rows, w), 0..1."""
        part = self.front[rows]
        part[:] = part * (1 - share[..., None]) + colour * share[..., None]
        self.mask[rows] = np.maximum(self.mask[rows], share)


def carrier(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A cardboard carrier of four or six bottles, with a handle; one facing up to the caps."""
    rng = brand.stream("carrier")
    width, height = size
    blank = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    sheet = Sheet(*blank, int(height * rng.uniform(0.28, 0.5)))
    columns, glass = int(rng.integers(2, 5)), np.array(GLASS[int(rng.integers(len(GLASS)))])
    cap = np.array(brand.colours[2] if rng.random() < 0.6 else (235, 235, 232), np.float32)
    radius = width / columns * 0.42
    for column in range(columns):
        _neck(sheet, ((column + 0.8) * width / (columns + 0.3), 0, radius), glass * 0.6, cap)
    if rng.random() < 0.5:
        _handle(rng, brand, sheet)
    for column in range(columns):
        _neck(sheet, ((column + 0.5) * width / columns, height * 0.04, radius), glass, cap)
    _board(brand, variant, sheet, materials)
    return sheet.front, sheet.mask


def _neck(
    sheet: Sheet, place: tuple[float, float, float], glass: np.ndarray, cap: np.ndarray
) -> None:
    """One bottle from its cap to behind the board; `place` is x, top and radius, pixels."""
    x, y, radius = place
    high = min(max(2, int(sheet.top * 1.6 - y)), len(sheet.mask) - int(y))
    way = np.linspace(0, 1, high)
    half = radius * (0.36 + 0.6 * np.clip((way - 0.3) / 0.45, 0, 1) ** 1.5)
    across = (np.arange(sheet.mask.shape[1])[None] - x) / half[:, None]
    inside = np.clip((1 - np.abs(across)) * half[:, None] + 0.5, 0, 1)
    light = 0.5 + 0.6 * np.sqrt(np.clip(1 - across**2, 0, 1))
    colour = np.where((way < 0.13)[:, None, None], cap, glass) * light[..., None]
    colour += 170 * np.exp(-(((across + 0.35) / 0.12) ** 2))[..., None]
    colour[np.abs(way - 0.14) < 0.012] *= 0.5
    sheet.lay(slice(int(y), int(y) + high), colour, inside)


def _handle(rng: np.random.Generator, brand: Brand, sheet: Sheet) -> None:
    """Cardboard rising between the necks, with a hole for the hand."""
    width, top = sheet.front.shape[1], sheet.top
    y1, inset = int(top * rng.uniform(0, 0.4)), int(width * rng.uniform(0, 0.2))
    sheet.front[y1:, inset : width - inset] = np.array(brand.colours[0]) * 0.8
    sheet.mask[y1:, inset : width - inset] = 1
    middle, axes = (width // 2, (y1 + top) // 2), (width // 5, max(1, (top - y1) // 5))
    cv2.ellipse(sheet.front, middle, axes, 0, 0, 360, (25, 22, 20), -1)


def _board(brand: Brand, variant: int, sheet: Sheet, materials: Materials) -> None:
    """The printed front with a shaped upper rim, and perhaps the side seen askew."""
    rng = brand.stream("board")
    height, width = sheet.mask.shape
    label = _motif(brand, variant, (width, height - sheet.top), materials).astype(np.float32)
    side = int(width * rng.uniform(0.15, 0.4)) if rng.random() < 0.4 else 0
    if side:
        squeezed = cv2.resize(label, (side, len(label)), interpolation=cv2.INTER_AREA)
        wide = cv2.resize(label, (width - side, len(label)), interpolation=cv2.INTER_AREA)
        label = np.concatenate([squeezed * 0.7, wide], 1)
    x = np.linspace(0, 1, width)
    shapes = (np.sin(np.pi * x), 1 - np.abs(2 * x - 1), x, 0 * x, np.abs(2 * x - 1))
    depth = rng.uniform(0, 0.3) * (height - sheet.top)
    rim = sheet.top + depth * shapes[int(rng.integers(len(shapes)))]
    share = np.clip(np.arange(sheet.top, height)[:, None] - rim[None], 0, 1)
    sheet.lay(slice(sheet.top, height), label, share)


def can_case(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A closed case of cans: one motif as large as several cases, cut where the case ends."""
    rng = brand.stream("case")
    width, height = size
    zoom = rng.uniform(*WHOLE_CASE) if rng.random() < 0.6 else 1.05
    whole = _motif(brand, variant, (int(width * zoom), int(height * zoom**0.5)), materials)
    shift = (rng.uniform(0, 0.4) + brand.turn) % 1
    left = int(shift * (whole.shape[1] - width))
    top = int(rng.random() * (len(whole) - height))
    front = whole[top : top + height, left : left + width].astype(np.float32)
    front *= np.linspace(1.03, 0.9, height)[:, None, None]
    line = max(1, width // 130)
    front[:, :line] *= 0.8
    front[:line] *= 1.1
    if rng.random() < 0.4:  # its side, in the plain colour
        wide = max(2, int(width * rng.uniform(0.06, 0.3)))
        front = np.concatenate([front, cv2.resize(front[:, -wide:], (wide, height)) * 0.6], 1)
    return front, np.ones(front.shape[:2], np.float32)


def _motif(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> np.ndarray:
    """Strong ground, a swoosh, the name as wide as the front: (h, w, 3) uint8 RGB."""
    rng, own = brand.stream("motif"), np.random.default_rng([variant, 11])
    if rng.random() < 0.2:
        return paint_label(brand, variant, size, materials)
    vivid = from_hsv(own.random(), own.uniform(0.75, 1), own.uniform(0.45, 0.95))
    ground = brand.colours[0] if rng.random() < 0.4 else vivid
    dressed = replace(brand, colours=(ground, *brand.colours[1:3], (252, 252, 250)))
    sheet = giant_front(dressed, variant, size, materials)
    if rng.random() < 0.5:
        swoosh(own, sheet, (250, 250, 248))
    return sheet
