"""Synthetic SKUs: packshots with transparency, in brands with look-alike variants."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.brands import KINDS, Brand, PackageKind, random_brand
from training.colours import random_colour
from training.labels import paint_label
from training.materials import Materials
from training.outlines import round_body, round_shading, silhouette, wrap_around
from training.textures import cloud

LONG_SIDE = 360  # pixels of a packshot
SKUS_PER_BRAND = (2, 8)
ROUND_KINDS = {"can", "jar", "tub", "tube", "spray", "bottle"}


@dataclass(frozen=True)
class Package:
    """One SKU.

    Attributes:
        picture: (h, w, 4) uint8 RGBA, the front.
        height_cm: real height of the front.
        kind: what it is, for the way it stands on a shelf.
        brand: number of its brand within the library.
    """

    picture: np.ndarray
    height_cm: float
    kind: PackageKind
    brand: int

    @property
    def round(self) -> bool:
        """Whether it is a turned body."""
        return self.kind.name in ROUND_KINDS


def package_library(seed: int, brands: int, materials: Materials) -> list[Package]:
    """Invent brands with their SKUs; the same seed gives the same library."""
    rng = np.random.default_rng(seed)
    library = []
    for number in range(brands):
        brand = random_brand(rng, materials)
        for _ in range(int(rng.integers(*SKUS_PER_BRAND))):
            picture = draw_package(brand, int(rng.integers(1 << 31)), materials)
            library.append(Package(picture, brand.height_cm, brand.kind, number))
    return library


def draw_package(brand: Brand, variant: int, materials: Materials) -> np.ndarray:
    """Draw one SKU of a brand: (h, w, 4) uint8 RGBA, long side about LONG_SIDE pixels."""
    ratio = brand.width_to_height
    height = LONG_SIDE if ratio < 1 else max(48, int(LONG_SIDE / ratio))
    size = (max(24, int(height * ratio)), height)
    if brand.kind.name == "multipack":
        return _multipack(brand, variant, size, materials)
    if brand.kind.name in ROUND_KINDS:
        colour, mask = _round(brand, variant, size, materials)
    elif brand.kind.name in {"pouch", "pillow_bag"}:
        colour, mask = _pouch(brand, variant, size, materials)
    elif brand.kind.name == "carton":
        colour, mask = _carton(brand, variant, size, materials)
    else:
        colour, mask = _box(brand, variant, size, materials)
    return np.dstack([np.clip(colour, 0, 255), mask * 255]).astype(np.uint8)


def _box(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """A flat front, sometimes with a visible side or the crimped ends of a flow-wrap."""
    rng = brand.stream("box")
    front = paint_label(brand, variant, size, materials).astype(np.float32)
    across, down = np.linspace(0, 1, size[0])[None], np.linspace(0, 1, size[1])[:, None]
    front *= (1 - 0.25 * across * rng.uniform(-0.6, 1) - 0.2 * down * rng.random())[..., None]
    edge = max(1, size[0] // 80)
    front[:, :edge] *= 0.75
    front[:, -edge:] *= 0.7
    if brand.kind.name == "bar" or rng.random() < 0.15:
        end = max(2, int(size[0] * 0.05))
        crimp = (0.8 + 0.3 * (np.arange(size[1]) % 4 < 2))[:, None, None]
        front[:, :end] *= crimp
        front[:, -end:] *= crimp
    elif rng.random() < 0.3:
        side = np.repeat(front[:, :1], max(2, int(size[0] * rng.uniform(0.06, 0.16))), 1)
        faces = [front, side * rng.uniform(0.5, 0.8)]
        front = np.concatenate(faces if rng.random() < 0.5 else faces[::-1], 1)
    return front, np.ones(front.shape[:2], np.float32)


def _pouch(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """A soft bag: creased, glossy, with sealed ends and an uneven outline."""
    rng = brand.stream("pouch")
    width, height = size
    front = paint_label(brand, variant, size, materials).astype(np.float32)
    creases = cloud(np.random.default_rng([variant, 2]), height, width, 5)
    front *= (0.65 + 0.7 * creases)[..., None]
    front += 255 * rng.uniform(0, 0.8) * np.clip(creases - 0.72, 0, 1)[..., None] * 2
    wobble = (cloud(rng, height, 1)[:, 0] - 0.5) * width * 0.05
    half = width * 0.48 - np.abs(np.linspace(-1, 1, height)) ** 6 * width * rng.uniform(0, 0.06)
    distance = np.abs(np.arange(width) - width / 2)
    mask = np.clip(half[:, None] + wobble[:, None] - distance[None], 0, 1)
    seal = max(2, int(height * rng.uniform(0.03, 0.07)))
    front[:seal] *= (0.75 + 0.35 * (np.arange(width) % 5 < 2))[None, :, None]
    front[-seal:] *= 0.8
    return front, mask.astype(np.float32)


def _carton(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """A drink carton with a gable and perhaps a screw cap."""
    rng = brand.stream("carton")
    width, height = size
    front = paint_label(brand, variant, size, materials).astype(np.float32)
    gable = rng.uniform(0.1, 0.2)
    mask, _ = silhouette(
        lambda y: np.where(y > gable, 0.97, 0.55 + 0.42 * y / gable), height, width
    )
    rows = int(gable * height)
    front[:rows] *= np.linspace(0.65, 1.05, rows)[:, None, None]
    if rng.random() < 0.6:
        top, half = int(rows * 0.45), int(width * 0.16)
        light = np.linspace(0.6, 1.1, 2 * half)[None, :, None]
        middle = slice(width // 2 - half, width // 2 + half)
        front[top : top + int(height * 0.06), middle] = np.array(brand.colours[2]) * light
    front *= (1 - 0.18 * np.linspace(0, 1, width) * rng.uniform(-1, 1))[None, :, None]
    return front, mask


def _round(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """A turned body with cap, label and, in a bottle or jar, visible content."""
    rng, kind = brand.stream("round"), brand.kind.name
    width, height = size
    shape = round_body(kind, rng)
    mask, half_widths = silhouette(shape.profile, height, width)
    own = random_colour(rng, white=0.3, black=0.3)
    body = np.array(own if rng.random() < 0.7 else brand.colours[0], np.float32)
    front = np.zeros((height, width, 3), np.float32) + body
    top, bottom = int(shape.label[0] * height), int(shape.label[1] * height)
    if kind in {"bottle", "jar"} and rng.random() < 0.5:
        content = random_colour(np.random.default_rng([variant, 3]), white=0, black=0.3)
        front[:] = np.array(content, np.float32) * 0.8 + body * 0.2
    label = paint_label(brand, variant, (width, max(16, bottom - top)), materials)
    front[top : top + len(label)] = wrap_around(label)[: height - top]
    cap = np.array((190, 190, 195) if kind == "can" else brand.colours[2], np.float32)
    front[int(shape.cap[0] * height) : max(1, int(shape.cap[1] * height))] = cap
    shade, highlight = round_shading(rng, half_widths, width, rng.uniform(0, 0.45))
    return front * shade[..., None] + 255 * highlight[..., None], mask


def _multipack(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Several of one can, bottle or tub side by side under film: one facing."""
    rng = brand.stream("multipack")
    inner = ("can", "bottle", "tub", "jar", "box")[int(rng.integers(5))]
    kind = next(kind for kind in KINDS if kind.name == inner)
    single = replace(brand, kind=kind, width_to_height=float(rng.uniform(*kind.width_to_height)))
    unit = draw_package(single, variant, materials)
    columns = int(rng.integers(2, 5))
    rows = int(rng.integers(1, 3)) if kind.stackable else 1
    unit = cv2.resize(
        unit, (max(8, size[0] // columns), max(8, size[1] // rows)), interpolation=cv2.INTER_AREA
    )
    pack = np.tile(unit, (rows, columns, 1)).astype(np.float32)
    film = cloud(rng, *pack.shape[:2], octaves=5)
    pack[..., :3] += 255 * rng.uniform(0, 0.9) * np.clip(film - 0.65, 0, 1)[..., None]
    if rng.random() < 0.6:
        _sleeve(brand, variant, pack, materials)
    return np.clip(pack, 0, 255).astype(np.uint8)


def _sleeve(brand: Brand, variant: int, pack: np.ndarray, materials: Materials) -> None:
    """Lay a printed sleeve across a multipack, in place."""
    rng = brand.stream("sleeve")
    height, width = pack.shape[:2]
    top, high = int(height * rng.uniform(0.1, 0.4)), int(height * rng.uniform(0.35, 0.6))
    label = paint_label(brand, variant, (width, max(16, high)), materials)[: height - top]
    pack[top : top + len(label), :, :3] = label
    pack[top : top + len(label), :, 3] = 255
