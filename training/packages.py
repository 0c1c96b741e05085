"""Synthetic SKUs: packshots with transparency, in brands with look-alike variants."""

from dataclasses import dataclass, replace

import numpy as np

from training.brands import ROUND_KINDS, SOFT_KINDS, TURNED_KINDS, Brand, PackageKind, random_brand
from training.materials import Materials
from training.multipacks import draw_multipack
from training.single_packs import draw_single

LONG_SIDE = 360  # pixels of a packshot
SKUS_PER_BRAND = (2, 8)
TURNS = (0.12, 0.46)  # share of the whole way round: half its front, nearly its back


@dataclass(frozen=True)
class Package:
    """One SKU.

    Attributes:
        picture: (h, w, 4) uint8 RGBA, the front.
        height_cm: real height of the front.
        kind: what it is, for the way it stands on a shelf.
        brand: number of its brand within the library.
        turned: pictures as `picture`, turned about its axis; none for most kinds.
    """

    picture: np.ndarray
    height_cm: float
    kind: PackageKind
    brand: int
    turned: tuple[np.ndarray, ...] = ()

    @property
    def round(self) -> bool:
        """Whether it is a turned body."""
        return self.kind.name in ROUND_KINDS

    @property
    def stacks(self) -> bool:
        """Whether it is stacked as high as the shelf allows; soft packs rather lie in heaps."""
        return self.kind.stackable and self.kind.name not in SOFT_KINDS


def package_library(seed: int, brands: int, materials: Materials) -> list[Package]:
    """Invent brands with their SKUs; the same seed gives the same library."""
    rng = np.random.default_rng(seed)
    library = []
    for number in range(brands):
        brand = random_brand(rng, materials)
        for _ in range(int(rng.integers(*SKUS_PER_BRAND))):
            variant = int(rng.integers(1 << 31))
            picture = draw_package(brand, variant, materials)
            turned = _turned(brand, variant, materials)
            library.append(Package(picture, brand.height_cm, brand.kind, number, turned))
    return library


def _turned(brand: Brand, variant: int, materials: Materials) -> tuple[np.ndarray, ...]:
    """Draw other sides of packs that shops turn without care."""
    if brand.kind.name not in TURNED_KINDS:
        return ()
    sign = 1 - 2 * (variant % 2)
    return tuple(draw_package(replace(brand, turn=sign * t), variant, materials) for t in TURNS)


def draw_package(brand: Brand, variant: int, materials: Materials) -> np.ndarray:
    """Draw one SKU of a brand: (h, w, 4) uint8 RGBA, long side about LONG_SIDE pixels."""
    ratio = brand.width_to_height
    height = LONG_SIDE if ratio < 1 else max(48, int(LONG_SIDE / ratio))
    size = (max(24, int(height * ratio)), height)
    draw = draw_multipack if brand.kind.name == "multipack" else draw_single
    return draw(brand, variant, size, materials)
