"""PET bottles: liquid above and below a label band, an empty neck under a coloured cap."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.back_print import back_print, turned_about
from training.brands import Brand
from training.colours import Colour, from_hsv, lightness, random_colour
from training.hard_packs import Painted
from training.labels import paint_label
from training.materials import Materials
from training.outlines import Profile, silhouette, wrap_around
from training.textures import cloud

LIQUIDS: tuple[Colour, ...] = (
    (26, 11, 8),
    (30, 14, 9),
    (34, 17, 12),
    (225, 120, 25),
    (205, 165, 28),
    (220, 180, 60),
    (70, 130, 50),
    (170, 32, 36),
    (215, 208, 190),
    (130, 60, 70),
)
WATERY: tuple[Colour, ...] = ((196, 212, 216), (160, 200, 215), (120, 190, 150))
CONTRAST = 90  # of a label to its liquid: sum of differences of red, green and blue


@dataclass(frozen=True)
class Bottle:
    """One brand's bottle. Heights are shares of the whole, counted from the top."""

    cap: float
    neck: float  # half width, share of half the picture
    shoulder: tuple[float, float]  # where it begins and where the body is full
    fill: float  # level of the liquid
    label: tuple[float, float]
    ribs: tuple[float, float, float]  # depth, number, phase
    waist: float  # depth

    @property
    def profile(self) -> Profile:
        """Half widths from cap to foot."""
        return self._half_width

    def _half_width(self, y: np.ndarray) -> np.ndarray:
        start, full = self.shoulder
        way = np.clip((y - start) / (full - start), 0, 1)
        half = self.neck + (0.97 - self.neck) * np.sin(way * np.pi / 2) ** 1.3
        body = np.clip((y - full) / 0.05, 0, 1)
        depth, number, phase = self.ribs
        outside = (y < self.label[0]) | (y > self.label[1])
        half = half - body * outside * depth * (
            0.5 + 0.5 * np.sin(2 * np.pi * (y * number + phase))
        )
        middle = (self.label[0] + self.label[1]) / 2
        half = half - body * self.waist * np.exp(-(((y - middle) / 0.12) ** 2))
        ring = np.abs(y - self.cap - 0.018) < 0.008
        half = np.where(y < self.cap, self.neck * 0.95, half) + 0.08 * ring
        return half - 0.18 * np.clip((y - 0.965) / 0.035, 0, 1) ** 2


def pet_bottle(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A clear bottle of a drink, straight or contoured."""
    rng, own = brand.stream("pet"), np.random.default_rng([variant, 7])
    width, height = size
    bottle = _random_bottle(rng)
    mask, half_widths = silhouette(bottle.profile, height, width)
    watery = rng.random() < 0.18
    shades = WATERY if watery else LIQUIDS
    liquid = np.array(shades[int(own.integers(len(shades)))], np.float32)
    front = np.zeros((height, width, 3), np.float32) + liquid * own.uniform(0.8, 1.05)
    alpha = np.full((height, 1), 0.72 if watery else 1, np.float32)
    level = int(bottle.fill * height)
    front[:level] = front[:level] * 0.12 + rng.uniform(120, 190)
    alpha[:level] = 0.55
    front, light = _lit(rng, front, half_widths)
    top, bottom = (int(share * height) for share in bottle.label)
    band = _label(brand, variant, (width, bottom - top), materials, tuple(liquid))
    front[top:bottom] = band * light[top:bottom]
    alpha[top:bottom] = 1
    cap = int(bottle.cap * height)
    grooves = (0.85 + 0.15 * (np.arange(width) % 4 < 2))[None, :, None]
    front[:cap] = _cap(rng, own, brand) * light[:cap] * grooves
    alpha[: cap + max(1, height // 90)] = 1
    return front, (mask * alpha).astype(np.float32)


def _random_bottle(rng: np.random.Generator) -> Bottle:
    cap = rng.uniform(0.035, 0.075)
    start = cap + rng.uniform(0.03, 0.07)
    full = start + rng.uniform(0.1, 0.34)
    top = max(full - 0.04, rng.uniform(0.3, 0.55))
    contoured = rng.random() < 0.5
    return Bottle(
        cap=cap,
        neck=rng.uniform(0.27, 0.46),
        shoulder=(start, full),
        fill=rng.uniform(start, (start + full) / 2 + 0.05),
        label=(top, min(0.9, top + rng.uniform(0.2, 0.4))),
        ribs=(rng.uniform(0.02, 0.09), rng.uniform(2, 12), rng.random())
        if contoured
        else (0, 1, 0),
        waist=rng.uniform(0, 0.12) if contoured else 0,
    )


def _lit(
    rng: np.random.Generator, front: np.ndarray, half_widths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Dark flanks, upright highlights that follow the outline; also the light alone, for labels."""
    height, width = front.shape[:2]
    across = (np.arange(width) + 0.5 - width / 2)[None] / np.maximum(half_widths[:, None], 1)
    across = np.clip(across, -1, 1)
    light = (0.62 + 0.43 * np.sqrt(1 - across**2)).astype(np.float32)[..., None]
    glow = 1 + 0.2 * np.exp(-(((across - rng.uniform(-0.3, 0.3)) / 0.5) ** 2))[..., None]
    front = front * light * glow
    slope = np.abs(np.gradient(half_widths))[:, None]
    uneven = 0.4 + 0.6 * cloud(rng, height, 1, 6) + np.clip(slope, 0, 0.6)
    for _ in range(int(rng.integers(2, 6))):
        centre, spread = rng.uniform(-0.92, 0.92), rng.uniform(0.015, 0.07)
        line = np.exp(-(((across - centre) / spread) ** 2)) * uneven * rng.uniform(0.15, 0.75)
        front += 255 * line[..., None]
    foot = np.clip((np.linspace(0, 1, height) - 0.9) * 10, 0, 1)[:, None]
    petals = 0.5 + 0.5 * np.sin(across * rng.uniform(7, 12))
    front *= (1 - 0.45 * foot * petals)[..., None]
    return front, light


def _label(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials, liquid: Colour
) -> np.ndarray:
    """A band around the bottle in strong contrast to what is in it: (h, w, 3) float32."""
    rng = brand.stream("pet label")
    grounds = [random_colour(rng, white=0.4) for _ in range(12)]
    far = [c for c in grounds if sum(abs(a - b) for a, b in zip(c, liquid, strict=True)) > CONTRAST]
    ground = (far or [(250, 250, 248)])[0]
    dressed = replace(brand, colours=(ground, *brand.colours[1:]))
    front = paint_label(dressed, variant, (size[0], max(16, size[1])), materials)
    back = back_print(rng, front.shape[1::-1], ground)
    label = wrap_around(turned_about(front, back, brand.turn, 1))
    label = cv2.resize(label, size).astype(np.float32)
    if rng.random() < 0.5:
        edge = max(1, size[1] // 25)
        label[:edge] = label[-edge:] = 245 if lightness(ground) < 140 else brand.colours[2]
    return label


def _cap(rng: np.random.Generator, own: np.random.Generator, brand: Brand) -> np.ndarray:
    """White, the brand's colour, or the variant's."""
    chance = rng.random()
    if chance < 0.3:
        return np.array((242, 242, 240), np.float32)
    vivid = from_hsv(own.random(), 0.85, 0.85)
    return np.array(brand.colours[2] if chance < 0.65 else vivid, np.float32)
