"""Soft packs: pouches, pillow bags and clear bags, creased and glossy.

Each painter returns colours (h, w, 3) float32, 0..255, and coverage (h, w) float32, 0..1.
"""

import cv2
import numpy as np

from training.brands import Brand
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.textures import cloud, contents


def bag(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A printed bag with sealed ends and an uneven outline."""
    front = paint_label(brand, variant, size, materials).astype(np.float32)
    return _crumpled(brand, variant, front)


def clear_bag(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """Film that shows what is in it, printed across one part."""
    rng = brand.stream("clear bag")
    width, height = size
    front = contents(np.random.default_rng([variant, 6]), height, width).astype(np.float32)
    label = paint_label(brand, variant, size, materials)
    top = 0 if rng.random() < 0.6 else int(height * rng.uniform(0.2, 0.5))
    bottom = min(height, top + int(height * rng.uniform(0.3, 0.6)))
    front[top:bottom] = label[top:bottom]
    if rng.random() < 0.4:  # empty film above
        front[: height // 6] = front[: height // 6] * 0.3 + 140
    return _crumpled(brand, variant, front)


def _crumpled(brand: Brand, variant: int, front: np.ndarray) -> Painted:
    """Creases, shine, swollen middle, seals and outline."""
    rng, own = brand.stream("pouch"), np.random.default_rng([variant, 2])
    height, width = front.shape[:2]
    shape = cloud(own, height, width, 5)
    folds = _folds(own, height, width)
    gloss, depth = rng.uniform(0, 0.9), rng.uniform(0.2, 0.7)
    front = front * (1 - depth / 2 + depth * shape + 0.35 * (folds - 0.5))[..., None]
    front += 255 * gloss * np.clip(shape + 0.35 * folds - 0.95, 0, 1)[..., None] * 3
    front += 255 * rng.uniform(0, 0.8) * _crinkles(own, height, width)[..., None]
    across = np.linspace(-1, 1, width)[None]
    front *= (1.05 - rng.uniform(0, 0.4) * across**4)[..., None]
    wobble = (cloud(rng, height, 1)[:, 0] - 0.5) * width * 0.035
    ends = np.abs(np.linspace(-1, 1, height))
    corners = ends**6 * rng.uniform(0, 0.07)
    if rng.random() < 0.4:  # blown up: its ends stay wide, its middle draws in
        corners = (1 - ends**3) * rng.uniform(0, 0.06)
    elif rng.random() < 0.3:  # gathered at the top
        corners = np.clip(1 - np.linspace(0, 4, height), 0, 1) ** 2 * rng.uniform(0, 0.25)
    distance = np.abs(np.arange(width) - width / 2)
    half = width * (0.48 - corners) + wobble
    mask = np.clip(half[:, None] - distance[None], 0, 1)
    seal = max(2, int(height * rng.uniform(0.03, 0.07)))
    front[:seal] *= (0.75 + 0.35 * (np.arange(width) % 5 < 2))[None, :, None]
    front[-seal:] *= 0.8
    if rng.random() < 0.3:  # euro hole
        cv2.circle(mask, (width // 2, seal), max(1, seal // 2), 0.0, -1)
    return front, mask.astype(np.float32)


def _crinkles(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Thin bright lines in patches, as film reflects lamps: (height, width) float32, 0..1."""
    lines = np.exp(-(((cloud(rng, height, width, 5) - 0.5) / 0.025) ** 2))
    patches = np.clip(cloud(rng, height, width, 3) * 2.5 - 1.2, 0, 1)
    return (lines * patches).astype(np.float32)


def _folds(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Sharp creases that run from the seals inwards: (height, width) float32, 0..1."""
    grid = rng.random((5, max(6, width // 14)), dtype=np.float32)
    streaks = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    ridge = 1 - np.abs(2 * np.clip(streaks, 0, 1) - 1)
    ends = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None] ** 2
    return ridge * (0.25 + 0.75 * ends)
