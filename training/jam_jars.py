"""Preserving jars: a bright lid, dark content all around a label that is only a patch."""

import numpy as np
from PIL import Image, ImageDraw

from training.back_print import back_print, turned_about
from training.brands import Brand
from training.colours import Colour
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.outlines import round_shading, silhouette, wrap_around
from training.textures import cloud, contents

CONTENTS: tuple[Colour, ...] = (
    (70, 8, 14),
    (95, 14, 18),
    (120, 24, 20),
    (40, 14, 30),
    (190, 110, 20),
    (205, 140, 40),
    (150, 140, 40),
    (60, 34, 18),
    (110, 60, 24),
    (60, 80, 30),
)


def jam_jar(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """Lid, rim, bulging glass full of something, and a patch of paper on it."""
    rng, own = brand.stream("jam"), np.random.default_rng([variant, 12])
    width, height = size
    lid, neck = rng.uniform(0.1, 0.2), rng.uniform(0.82, 0.95)
    shoulder, foot = rng.uniform(0.05, 0.2), rng.uniform(0.85, 1)

    def profile(y: np.ndarray) -> np.ndarray:
        way = np.clip((y - lid) / shoulder, 0, 1)
        body = neck - 0.05 + (1.02 - neck) * np.sin(way * np.pi / 2)
        lower = np.clip((y - 0.8) / 0.2, 0, 1) ** 2 * (1 - foot)
        return np.where(y < lid, neck, body - lower) - 0.06 * np.clip((y - 0.97) / 0.03, 0, 1)

    mask, half_widths = silhouette(profile, height, width)
    front = _filled(rng, own, size)
    label, cover = _patch(brand, variant, (width, height), materials)
    front = front * (1 - cover) + label * cover
    end = int(lid * height)
    front[:end] = _lid(rng, own, brand, (width, end))
    front[end : end + max(1, height // 50)] *= 0.5
    shade, highlight = round_shading(rng, half_widths, width, rng.uniform(0.1, 0.5))
    return (front * shade[..., None] + 255 * highlight[..., None]).astype(np.float32), mask


def _filled(
    rng: np.random.Generator, own: np.random.Generator, size: tuple[int, int]
) -> np.ndarray:
    """Dark content, smooth or in pieces, a lighter line where it ends: (h, w, 3) float32."""
    width, height = size
    colour = np.array(CONTENTS[int(own.integers(len(CONTENTS)))]) * own.uniform(0.8, 1.3)
    front = (0.75 + 0.5 * cloud(own, height, width, 6))[..., None] * colour
    if rng.random() < 0.35:
        front = front * 0.6 + contents(own, height, width) * 0.4
    level = int(height * rng.uniform(0.14, 0.28))
    front[:level] = front[:level] * 0.6 + 60
    return front.astype(np.float32)


def _patch(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """The label in its place: (h, w, 3) float32, and what it covers, (h, w, 1), 0..1."""
    rng = brand.stream("patch")
    width, height = size
    wide, high = rng.choice([rng.uniform(0.5, 0.8), 1.0]), rng.uniform(0.35, 0.58)
    inner = max(24, int(width * wide)), max(16, int(height * high))
    top, left = int(height * rng.uniform(0.32, 0.9 - high)), (width - inner[0]) // 2
    sheet = np.zeros((height, width, 3), np.uint8)
    print_ = paint_label(brand, variant, inner, materials)
    rows, columns = slice(top, top + inner[1]), slice(max(0, left), max(0, left) + inner[0])
    sheet[rows, columns] = print_[: height - top, :width]
    cover = Image.new("L", size, 0)
    box = (left, top, left + inner[0] - 1, top + inner[1] - 1)
    draw = ImageDraw.Draw(cover)
    if wide < 1 and rng.random() < 0.5:
        draw.ellipse(box, fill=255)
    else:
        draw.rounded_rectangle(box, inner[1] * (rng.uniform(0, 0.4) if wide < 1 else 0), fill=255)
    layers = np.dstack([sheet, np.array(cover)])
    ground = brand.colours[0]
    back = np.dstack([back_print(rng, size, ground), np.array(cover)])
    shown = wrap_around(turned_about(layers, back, brand.turn, 1)).astype(np.float32)
    return shown[..., :3], shown[..., 3:] / 255


def _lid(
    rng: np.random.Generator, own: np.random.Generator, brand: Brand, size: tuple[int, int]
) -> np.ndarray:
    """Bright metal, plain, checked like a cloth, or with a rim in another colour."""
    width, height = size
    bright = np.array(brand.colours[int(rng.integers(4))], np.float32) * 0.6 + 100
    lid = np.zeros((height, width, 3), np.float32) + bright
    kind = rng.random()
    if kind < 0.3:
        step = max(2, height // 4)
        squares = ((np.arange(width)[None] // step + np.arange(height)[:, None] // step) % 2) > 0
        lid[squares] = own.uniform(150, 255, 3)
    elif kind < 0.6:
        lid[height // 2 :] = own.uniform(60, 255, 3)
    return lid * (0.85 + 0.15 * (np.arange(width) % 4 < 2))[None, :, None]
