"""Packs that keep their shape: boxes, drink cartons, blister cards.

Each painter returns colours (h, w, 3) float32, 0..255, and coverage (h, w) float32, 0..1.
"""

import cv2
import numpy as np

from training.brands import Brand
from training.colours import random_colour
from training.giant_letters import giant_front
from training.labels import paint_label
from training.materials import Materials
from training.outlines import silhouette
from training.textures import contents

Painted = tuple[np.ndarray, np.ndarray]

GIANT = 0.4  # share of wide fronts that one name fills


def box(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A flat front, sometimes with a visible side or top or the crimped ends of a flow-wrap."""
    rng = brand.stream("box")
    giant = size[0] > 1.2 * size[1] and brand.stream("giant").random() < GIANT
    paint = giant_front if giant else paint_label
    front = paint(brand, variant, size, materials).astype(np.float32)
    across, down = np.linspace(0, 1, size[0])[None], np.linspace(0, 1, size[1])[:, None]
    front *= (1 - 0.25 * across * rng.uniform(-0.6, 1) - 0.2 * down * rng.random())[..., None]
    edge = max(1, size[0] // 80)
    seam = rng.uniform(0.7, 0.97)  # where two boxes side by side meet
    front[:, :edge] *= seam
    front[:, -edge:] *= seam
    if brand.kind.name == "bar" or rng.random() < 0.1:
        end = max(2, int(size[0] * 0.05))
        crimp = (0.8 + 0.3 * (np.arange(size[1]) % 4 < 2))[:, None, None]
        front[:, :end] *= crimp
        front[:, -end:] *= crimp
    elif rng.random() < 0.4:
        front = _with_side(rng, front)
    if rng.random() < 0.3:
        top = np.repeat(front[:1], max(2, int(size[1] * rng.uniform(0.03, 0.12))), 0)
        front = np.concatenate([top * rng.uniform(0.6, 1.35), front])
    return front, np.ones(front.shape[:2], np.float32)


def stick(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A bar that stands on its end, its name running up; flow-wrapped or in a sleeve."""
    rng = brand.stream("stick")
    lying = giant_front(brand, variant, size[::-1], materials)
    front = np.ascontiguousarray(np.rot90(lying)).astype(np.float32)
    if rng.random() < 0.3:
        front = paint_label(brand, variant, size, materials).astype(np.float32)
    across = np.linspace(-1, 1, size[0])[None]
    front *= (1.05 - rng.uniform(0.05, 0.4) * across**2)[..., None]
    if rng.random() < 0.5:
        end = max(2, size[1] // 25)
        pleats = (0.75 + 0.4 * (np.arange(size[0]) % 4 < 2))[None, :, None]
        front[:end] *= pleats
        front[-end:] *= pleats
    front[:, : max(1, size[0] // 40)] *= rng.uniform(0.6, 0.95)
    front[:, -max(1, size[0] // 40) :] *= rng.uniform(0.6, 0.95)
    return front, np.ones(front.shape[:2], np.float32)


def _with_side(rng: np.random.Generator, front: np.ndarray) -> np.ndarray:
    """Add a darker side face: squeezed print of the front, or its plain colour."""
    wide = max(2, int(front.shape[1] * rng.uniform(0.06, 0.25)))
    side = np.repeat(front[:, :1], wide, 1)
    if rng.random() < 0.5:
        side = cv2.resize(front, (wide, front.shape[0]), interpolation=cv2.INTER_AREA)
    faces = [front, side * rng.uniform(0.45, 0.85)]
    return np.concatenate(faces if rng.random() < 0.5 else faces[::-1], 1)


def carton(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A drink carton with a gable or a flat top, and perhaps a screw cap."""
    rng = brand.stream("carton")
    width, height = size
    front = paint_label(brand, variant, size, materials).astype(np.float32)
    gable = rng.uniform(0.1, 0.2)
    slope = rng.uniform(0, 0.42) if rng.random() < 0.7 else 0
    mask, _ = silhouette(
        lambda y: np.where(y > gable, 0.97, 0.97 - slope * (1 - y / gable)), height, width
    )
    rows = int(gable * height)
    front[:rows] *= np.linspace(0.65, 1.05, rows)[:, None, None]
    if rng.random() < 0.6:
        top, half = int(rows * 0.45), max(2, int(width * rng.uniform(0.1, 0.2)))
        light = np.linspace(0.6, 1.1, 2 * half)[None, :, None]
        middle = slice(width // 2 - half, width // 2 + half)
        front[top : top + int(height * 0.06), middle] = np.array(brand.colours[2]) * light
    front *= (1 - 0.18 * np.linspace(0, 1, width) * rng.uniform(-1, 1))[None, :, None]
    return front, mask


def blister(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A printed card with a euro hole and a clear bubble over its lower part."""
    rng = brand.stream("blister")
    width, height = size
    card = paint_label(brand, variant, size, materials).astype(np.float32)
    top, bottom = int(height * rng.uniform(0.35, 0.55)), int(height * rng.uniform(0.85, 0.97))
    inset = int(width * rng.uniform(0.08, 0.2))
    high, wide = bottom - top, width - 2 * inset
    goods = contents(np.random.default_rng([variant, 5]), high, wide).astype(np.float32)
    part = card[top:bottom, inset : inset + wide]
    part[:] = part * 0.35 + goods * 0.5 + 30
    part[:, : max(1, wide // 20)] += 70
    part[: max(1, high // 20)] += 50
    mask = np.ones((height, width), np.float32)
    hole, middle = max(2, height // 40), width // 2
    mask[hole : 2 * hole, middle - width // 8 : middle + width // 8] = 0
    if rng.random() < 0.3:
        card *= np.array(random_colour(rng, white=0.7)) / 255
    return card, mask
