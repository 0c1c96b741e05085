"""An invented brand: its name, colours, typefaces and the kind of package it comes in."""

from dataclasses import dataclass

import numpy as np

from training.colours import Colour, random_colour
from training.lettering import brand_name
from training.materials import Materials


@dataclass(frozen=True)
class PackageKind:
    """What packages of one kind measure and how often they occur."""

    name: str
    share: int
    height_cm: tuple[float, float]
    width_to_height: tuple[float, float]
    stackable: bool = False


KINDS = (
    PackageKind("box", 5, (12, 26), (0.45, 0.95), stackable=True),
    PackageKind("large_box", 4, (22, 34), (0.55, 1.1)),
    PackageKind("flat_box", 3, (5, 11), (1.2, 3.2), stackable=True),
    PackageKind("slim_box", 2, (12, 24), (0.16, 0.36)),
    PackageKind("stick", 2, (10, 17), (0.18, 0.32)),
    PackageKind("case", 2, (16, 30), (1.0, 1.8), stackable=True),
    PackageKind("carton", 3, (18, 26), (0.36, 0.5)),
    PackageKind("egg_carton", 2, (6.5, 8), (1.8, 4.2), stackable=True),
    PackageKind("can", 3, (9, 17), (0.4, 0.8), stackable=True),
    PackageKind("bottle", 4, (16, 34), (0.25, 0.42)),
    PackageKind("pet_bottle", 4, (17, 34), (0.24, 0.4)),
    PackageKind("jar", 3, (9, 18), (0.5, 0.9), stackable=True),
    PackageKind("pouch", 6, (12, 30), (0.6, 1.1)),
    PackageKind("pillow_bag", 4, (10, 30), (0.75, 1.7)),
    PackageKind("clear_bag", 3, (12, 30), (0.65, 1.4)),
    PackageKind("blister", 1, (10, 20), (0.5, 0.9)),
    PackageKind("tub", 2, (5, 11), (0.9, 1.9), stackable=True),
    PackageKind("cup", 1, (8, 12), (0.8, 1.1), stackable=True),
    PackageKind("tube", 1, (12, 18), (0.3, 0.45)),
    PackageKind("spray", 1, (20, 30), (0.35, 0.5)),
    PackageKind("roll", 3, (5, 8.5), (2.0, 5.0), stackable=True),
    PackageKind("bar", 3, (4, 8), (1.8, 4.5), stackable=True),
    PackageKind("carrier", 2, (17, 27), (0.6, 1.25)),
    PackageKind("can_case", 2, (12, 22), (0.8, 1.8), stackable=True),
    PackageKind("multipack", 2, (10, 30), (0.7, 2.2), stackable=True),
)
SOFT_KINDS = frozenset({"pouch", "pillow_bag", "bar", "clear_bag"})
ROUND_KINDS = frozenset({"can", "jar", "tub", "cup", "tube", "spray", "bottle", "pet_bottle"})
TURNED_KINDS = frozenset({"can", "jar", "pet_bottle", "roll", "can_case"})  # seen from other sides


@dataclass(frozen=True)
class Brand:
    """Everything its packages share; `seed` fixes the layout of the label."""

    name: str
    colours: tuple[Colour, Colour, Colour, Colour]  # ground, second ground, ornament, logo
    bold: str
    plain: str
    kind: PackageKind
    height_cm: float
    width_to_height: float
    seed: int
    signs: bool = False  # its words are written in signs like Kanji
    turn: float = 0.0  # of the pack about its axis, share of the whole way round

    def stream(self, part: str) -> np.random.Generator:
        """Random numbers for one part of the layout: the same for every SKU of the brand."""
        return np.random.default_rng([self.seed, *part.encode()])


def random_brand(rng: np.random.Generator, materials: Materials) -> Brand:
    """Invent a brand."""
    shares = np.array([kind.share for kind in KINDS], float)
    kind = KINDS[int(rng.choice(len(KINDS), p=shares / shares.sum()))]
    return Brand(
        name=brand_name(rng),
        colours=(random_colour(rng), random_colour(rng), random_colour(rng), random_colour(rng)),
        bold=materials.bold_font(rng),
        plain=materials.any_font(rng),
        kind=kind,
        height_cm=float(rng.uniform(*kind.height_cm)),
        width_to_height=float(rng.uniform(*kind.width_to_height)),
        seed=int(rng.integers(1 << 31)),
        signs=rng.random() < 0.2,
    )
