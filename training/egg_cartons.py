"""Egg cartons: a lid with a printed sleeve over a row of bumps, in pulp or plastic."""

from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import from_hsv
from training.giant_letters import wide_name
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.textures import cloud

LID = (0.54, 0.72)  # lower end, share of the height
RIM = 0.08  # share of the height
PALE = 0.5  # share of sleeves on white or nearly white paper


def egg_carton(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A long carton from the front: lid, rim, bumps; print over most of the lid."""
    rng = brand.stream("eggs")
    width, height = size
    split = rng.uniform(*LID)
    mask, shade = _body(rng, size, split)
    grain = 0.93 + 0.12 * cloud(rng, height, width, 7)
    front = _pulp(brand, variant)[None, None] * (shade * grain)[..., None]
    label, cover = _sleeve(brand, variant, (width, int(split * height)), materials)
    top = front[: len(label)]
    light = (0.35 + 0.65 * shade[: len(label)])[..., None]
    top[:] = top * (1 - cover) + label * light * cover
    return front.astype(np.float32), cv2.GaussianBlur(mask, (3, 3), 0)


def _pulp(brand: Brand, variant: int) -> np.ndarray:
    """Grey, or dyed in the variant's colour: (3,) float."""
    rng, own = brand.stream("pulp"), np.random.default_rng([variant, 4])
    grey = rng.uniform(110, 205)
    tint = from_hsv(own.random(), own.uniform(0.25, 0.85), own.uniform(0.6, 0.98))
    return np.array(tint if rng.random() < 0.7 else (grey, grey, grey * 0.94), np.float32)


def _body(
    rng: np.random.Generator, size: tuple[int, int], split: float
) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and light of lid, rim and bumps, both (h, w) float32."""
    width, height = size
    x, y = np.linspace(0, 1, width)[None], np.linspace(0, 1, height)[:, None]
    side = np.abs(2 * x - 1)
    slant, fold = rng.uniform(0.02, 0.09), rng.uniform(0.15, 0.5) * split
    inset = slant * np.clip(1 - y / split, 0, 1) ** 0.7 + 0.04 * np.clip(1 - y / 0.12, 0, 1) ** 2
    lid = (side < 1 - 2 * inset * 0.5) & (y < split)
    number, pitch = int(rng.integers(3, 7)), rng.uniform(0.6, 1.4)
    wave = np.abs(np.sin(np.pi * (x * number))) ** pitch
    below = np.clip((y - split - RIM) / (1 - split - RIM), 0, 1)
    bumps = (wave > below**3 * 0.75) & (side < 1 - 0.06 * below) & (y >= split)
    rim = (y >= split) & (y < split + RIM)
    lit = np.where(y < fold, 1.08, 0.98 - 0.3 * np.clip((y - fold) / (split - fold), 0, 1) ** 2)
    lower = (0.35 + 0.6 * wave) * (1.05 - 0.6 * below)
    shade = np.where(rim, 1.0 - 0.5 * (y - split) / RIM, np.where(y < split, lit, lower))
    shade = np.where((y >= split) & ~rim & ~bumps, 0.12, shade)
    gaps = rng.random() < 0.5  # dark between the bumps, or one sees through
    mask = lid | rim | bumps | ((y >= split) & gaps & (below < 0.9) & (side < 0.96))
    return mask.astype(np.float32), (shade * (1 - 0.15 * side**6)).astype(np.float32)


def _sleeve(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """The print on the lid: (h, w, 3) float32, and how much of the lid it covers, (h, w, 1)."""
    rng = brand.stream("sleeve")
    width, height = size
    inset = int(width * rng.choice([rng.uniform(0.01, 0.05), rng.uniform(0.05, 0.14)]))
    inner = max(24, width - 2 * inset), max(12, int(height * rng.uniform(0.8, 1)))
    paint = wide_name if rng.random() < 0.65 else paint_label
    light = from_hsv(rng.random(), rng.uniform(0, 0.2), rng.uniform(0.9, 1))
    pale = replace(brand, colours=(light, *brand.colours[1:])) if rng.random() < PALE else brand
    print_ = paint(pale, variant, (inner[0], max(16, inner[1])), materials)
    if rng.random() < 0.3:
        _gingham(rng, print_)
    label = np.zeros((height, width, 3), np.float32)
    cover = Image.new("L", size, 0)
    top = int((height - inner[1]) * rng.random())
    label[top : top + inner[1], inset : inset + inner[0]] = cv2.resize(print_, inner)[
        : height - top, : width - inset
    ]
    corners = (inset, top, inset + inner[0] - 1, top + inner[1] - 1)
    ImageDraw.Draw(cover).rounded_rectangle(corners, inner[1] * rng.uniform(0, 0.4), fill=255)
    return label, (np.array(cover, np.float32) / 255)[..., None]


def _gingham(rng: np.random.Generator, print_: np.ndarray) -> None:
    """Squares like a table cloth over one end of the print, in place."""
    height, width = print_.shape[:2]
    wide, step = int(width * rng.uniform(0.15, 0.4)), max(4, height // int(rng.integers(6, 12)))
    y, x = np.mgrid[:height, :wide] // step % 2
    ink = np.array(from_hsv(rng.random(), 0.7, 0.7))
    share = (0.3 * x + 0.3 * y)[..., None]
    print_[:, :wide] = (250 * (1 - share) + ink * share).astype(np.uint8)
