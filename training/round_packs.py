"""Turned bodies: cans, jars, tubs, tubes, sprays, bottles and cups."""

import numpy as np

from training.back_print import back_print, turned_about
from training.brands import Brand
from training.colours import random_colour
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.outlines import round_body, round_shading, silhouette, wrap_around
from training.textures import contents

GLASS_KINDS = {"bottle", "jar"}


def turned_body(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A body with cap, label and, in glass, visible content.

    Returns:
        colours (h, w, 3) float32, 0..255, and coverage (h, w) float32, 0..1.
    """
    rng, kind = brand.stream("round"), brand.kind.name
    width, height = size
    shape = round_body(kind, rng)
    mask, half_widths = silhouette(shape.profile, height, width)
    own = random_colour(rng, white=0.3, black=0.3)
    body = np.array(own if rng.random() < 0.7 else brand.colours[0], np.float32)
    front = np.zeros((height, width, 3), np.float32) + body
    if kind in GLASS_KINDS and rng.random() < 0.7:
        front[:] = _content(rng, variant, (height, width)) * 0.8 + body * 0.2
        front[: int(height * rng.uniform(0.08, 0.3))] *= rng.uniform(0.4, 1.2)  # not quite full
    top, bottom = int(shape.label[0] * height), int(shape.label[1] * height)
    if kind in GLASS_KINDS and rng.random() < 0.4:
        bottom = top + max(16, int((bottom - top) * rng.uniform(0.35, 0.8)))
    label = paint_label(brand, variant, (width, max(16, bottom - top)), materials)
    if brand.turn:
        back = back_print(brand.stream("back"), label.shape[1::-1], brand.colours[0])
        label = turned_about(label, back, brand.turn, 1)
    front[top : top + len(label)] = wrap_around(label)[: height - top]
    cap = np.array((190, 190, 195) if kind == "can" else brand.colours[2], np.float32)
    front[int(shape.cap[0] * height) : max(1, int(shape.cap[1] * height))] = cap
    shade, highlight = round_shading(rng, half_widths, width, rng.uniform(0, 0.45))
    return front * shade[..., None] + 255 * highlight[..., None], mask


def _content(rng: np.random.Generator, variant: int, size: tuple[int, int]) -> np.ndarray:
    """A clear or cloudy drink, or pieces in a jar."""
    own = np.random.default_rng([variant, 3])
    if rng.random() < 0.25:
        return contents(own, *size).astype(np.float32)
    colour = np.array(random_colour(own, white=0.05, black=0.35), np.float32)
    return np.broadcast_to(colour, (*size, 3))
