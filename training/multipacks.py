"""Several of one item sold as one: under film, on a tray, in a wrap of cardboard; one facing."""

from dataclasses import replace

import cv2
import numpy as np

from training.brands import KINDS, Brand
from training.labels import paint_label
from training.materials import Materials
from training.single_packs import draw_single
from training.textures import cloud

INNER_KINDS = ("can", "can", "bottle", "pet_bottle", "tub", "jar", "box")
BARE = 0.15  # share of brands whose items show whole, under film that cannot be overlooked


def draw_multipack(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Draw the front of a multipack: (h, w, 4) uint8 RGBA."""
    rng = brand.stream("multipack")
    pack = _items(brand, variant, size, materials)
    gaps = pack[..., 3] < 128
    if rng.random() < 0.5:  # between the items one sees those behind, not the shelf
        pack[gaps] = (*(rng.uniform(20, 90) * np.ones(3)), 255)
    bare = rng.random() < BARE
    if not bare:
        _wrap(brand, variant, pack, materials)
    if rng.random() < 0.35:
        _tray(brand, pack)
    if bare:
        _film(rng, pack)
    film = cloud(rng, *pack.shape[:2], octaves=5)
    shine = np.clip(film - rng.uniform(0.55, 0.75), 0, 1)[..., None]
    pack[..., :3] += 255 * rng.uniform(0, 1.1) * shine * (pack[..., 3:] > 0)
    return np.clip(pack, 0, 255).astype(np.uint8)


def _items(brand: Brand, variant: int, size: tuple[int, int], materials: Materials) -> np.ndarray:
    """Columns and rows of one item: (h, w, 4) float32."""
    rng = brand.stream("items")
    inner = INNER_KINDS[int(rng.integers(len(INNER_KINDS)))]
    kind = next(kind for kind in KINDS if kind.name == inner)
    single = replace(brand, kind=kind, width_to_height=float(rng.uniform(*kind.width_to_height)))
    columns = int(rng.integers(2, 7))
    rows = int(rng.integers(1, 3)) if kind.stackable else 1
    unit_size = max(8, size[0] // columns), max(8, size[1] // rows)
    unit = draw_single(single, variant, (max(24, unit_size[0]), unit_size[1]), materials)
    unit = cv2.resize(unit, unit_size, interpolation=cv2.INTER_AREA)
    return np.tile(unit, (rows, columns, 1)).astype(np.float32)


def _wrap(brand: Brand, variant: int, pack: np.ndarray, materials: Materials) -> None:
    """Lay a printed sleeve or wrap across, in place; it may leave only the tops to be seen."""
    rng = brand.stream("sleeve")
    height, width = pack.shape[:2]
    top = int(height * rng.uniform(0.02, 0.4))
    high = int(height * rng.uniform(0.35, 0.95))
    label = paint_label(brand, variant, (width, max(16, high)), materials)[: height - top]
    pack[top : top + len(label), :, :3] = label
    pack[top : top + len(label), :, 3] = 255


def _film(rng: np.random.Generator, pack: np.ndarray) -> None:
    """Shrunk film over everything, in place: milky, stretched, sealed tight around the corners."""
    height, width = pack.shape[:2]
    pack[..., 3] = 255
    pack[..., :3] = pack[..., :3] * 0.75 + 45
    streaks = cv2.resize(rng.random((int(rng.integers(9, 30)), 3), np.float32), (width, height))
    pack[..., :3] += 255 * np.clip(streaks - 0.6, 0, 1)[..., None] * rng.uniform(0.8, 1.8)
    for _ in range(int(rng.integers(3, 9))):
        ends = rng.uniform(-0.1, 1.1, 4) * [width, height, width, height]
        shine = np.zeros((height, width), np.float32)
        start, end = (int(ends[0]), int(ends[1])), (int(ends[2]), int(ends[3]))
        cv2.line(shine, start, end, 1.0, max(1, width // 120))
        soft = cv2.GaussianBlur(shine, (0, 0), width / rng.uniform(80, 250))
        pack[..., :3] += rng.uniform(60, 160) * soft[..., None]


def _tray(brand: Brand, pack: np.ndarray) -> None:
    """A cardboard tray around the feet, in place."""
    rng = brand.stream("tray")
    high = max(2, int(len(pack) * rng.uniform(0.08, 0.3)))
    colour = (176, 137, 96) if rng.random() < 0.4 else brand.colours[1]
    pack[-high:] = (*colour, 255)
    pack[-high:, :, :3] *= np.linspace(1.05, 0.8, high)[:, None, None]
