"""Drawing one pack of any kind but multipacks: which painter paints which kind."""

from collections.abc import Callable

import numpy as np

from training.brands import ROUND_KINDS, Brand
from training.carriers import can_case, carrier
from training.egg_cartons import egg_carton
from training.hard_packs import Painted, blister, box, carton, stick
from training.jam_jars import jam_jar
from training.materials import Materials
from training.pet_bottles import pet_bottle
from training.roll_packs import roll
from training.round_packs import turned_body
from training.soft_packs import bag, clear_bag

PATCHED = 0.6  # share of brands of jars whose label is a patch on dark content

Painter = Callable[[Brand, int, tuple[int, int], Materials], Painted]


def _jar(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> Painted:
    """A jar with a patch, or with a label all around."""
    patched = brand.stream("jar").random() < PATCHED
    return (jam_jar if patched else turned_body)(brand, variant, size, materials)


PAINTERS: dict[str, Painter] = {
    "carton": carton,
    "egg_carton": egg_carton,
    "blister": blister,
    "pouch": bag,
    "pillow_bag": bag,
    "clear_bag": clear_bag,
    "roll": roll,
    "carrier": carrier,
    "can_case": can_case,
    "stick": stick,
    **dict.fromkeys(ROUND_KINDS, turned_body),
    "jar": _jar,
    "pet_bottle": pet_bottle,
}


def draw_single(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Draw a front of about `size` (width, height) pixels: (h, w, 4) uint8 RGBA."""
    colour, mask = PAINTERS.get(brand.kind.name, box)(brand, variant, size, materials)
    return np.dstack([np.clip(colour, 0, 255), mask * 255]).astype(np.uint8)
