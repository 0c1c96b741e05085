"""Rolls that lie: biscuits in a tube of film, with crimped ends and gloss along the roll."""

import cv2
import numpy as np

from training.back_print import back_print, turned_about
from training.brands import Brand
from training.giant_letters import giant_front
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.outlines import wrap_around
from training.textures import cloud

PLAIN_LABEL = 0.25  # share of brands without gigantic letters


def roll(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A lying roll, perhaps turned about its length so that its print is cut."""
    rng, own = brand.stream("roll"), np.random.default_rng([variant, 10])
    width, height = size
    paint = paint_label if rng.random() < PLAIN_LABEL else giant_front
    front = paint(brand, variant, size, materials)
    back = back_print(rng, size, tuple(int(v) for v in front[height // 2, width // 3]))
    sheet = turned_about(front, back, brand.turn, 0)
    if rng.random() < 0.75:
        sheet = np.ascontiguousarray(wrap_around(sheet.transpose(1, 0, 2)).transpose(1, 0, 2))
    colours = sheet.astype(np.float32) * _roundness(rng, height)[:, None, None]
    colours += _gloss(rng, own, height, width)[..., None]
    return _crimped(rng, own, colours)


def _roundness(rng: np.random.Generator, height: int) -> np.ndarray:
    """Light on a lying cylinder: (height,) factor, darkest below."""
    across = np.linspace(-1, 1, height)
    lit = 0.5 + 0.6 * np.sqrt(1 - across**2 * rng.uniform(0.85, 1))
    return lit * (1 - rng.uniform(0.05, 0.35) * (across + 1) / 2)


def _gloss(
    rng: np.random.Generator, own: np.random.Generator, height: int, width: int
) -> np.ndarray:
    """Bright lines along the roll, broken by creases: (height, width) float32 to add."""
    y = np.linspace(0, 1, height)[:, None]
    bent = (cloud(own, 1, width, 5) - 0.5) * 0.08
    shine = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        centre, spread = rng.uniform(0.06, 0.6), rng.uniform(0.012, 0.06)
        patchy = np.clip(cloud(own, 1, width, 6) * 2 - 0.6, 0, 1)
        shine += np.exp(-(((y - centre - bent) / spread) ** 2)) * patchy * rng.uniform(40, 230)
    creases = np.clip(cloud(own, height, width, 6) - 0.72, 0, 1) * rng.uniform(0, 500)
    ends = np.abs(np.linspace(-1, 1, width))[None] ** 3
    return (shine + creases * (0.25 + ends)).astype(np.float32)


def _crimped(rng: np.random.Generator, own: np.random.Generator, colours: np.ndarray) -> Painted:
    """Draw the ends together and press them flat; some are folded away."""
    height, width = colours.shape[:2]
    fin = rng.uniform(0.02, 0.06) * width if rng.random() < 0.75 else 0
    x = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float64)
    cone = np.clip((x - fin) / max(1.0, rng.uniform(0.02, 0.09) * width), 0, 1)
    half = 0.5 + 0.48 * np.sin(cone * np.pi / 2)
    half = np.where(x < fin, rng.uniform(0.6, 0.95), half)
    half = half * height / 2 + (cloud(own, 1, width, 6)[0] - 0.5) * height * 0.04
    y = np.arange(height)[:, None] + 0.5 - height / 2
    mask = np.clip(half[None] - np.abs(y) + 0.5, 0, 1)
    pleats = 0.75 + 0.45 * (np.arange(height) % 5 < 2)[:, None]
    folded = (cone < 1)[None] * (x >= fin)[None]
    colours *= np.where(folded, 0.8 + 0.35 * cloud(own, height, width, 5), 1)[..., None]
    colours *= np.where((x < fin)[None], pleats, 1)[..., None]
    return colours, cv2.GaussianBlur(mask.astype(np.float32), (3, 3), 0)
