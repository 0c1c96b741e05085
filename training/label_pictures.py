"""The picture on a label: a photo over all or part of it, a window, a dish of food."""

from collections.abc import Callable

import cv2
import numpy as np

from training.brands import Brand
from training.materials import Materials
from training.textures import contents, picture

Box = tuple[int, int, int, int]  # x1, y1, x2, y2, pixels


def picture_box(brand: Brand, size: tuple[int, int]) -> Box:
    """Where the brand shows a picture or ornaments, on a label of `size`."""
    rng = brand.stream("picture box")
    top = rng.uniform(0.2, 0.55)
    bottom = min(0.98, top + rng.uniform(0.3, 0.7))
    left, right = rng.uniform(0, 0.2), rng.uniform(0.8, 1)
    width, height = size
    return int(left * width), int(top * height), int(right * width), int(bottom * height)


def lay_picture(
    brand: Brand, rng: np.random.Generator, ground: np.ndarray, materials: Materials
) -> bool:
    """Blend a picture into the ground, in place; False when the brand shows none."""
    layout = brand.stream("picture")
    lay = LAYOUTS[int(layout.choice(len(LAYOUTS), p=SHARES))]
    height, width = ground.shape[:2]
    x1, y1, x2, y2 = picture_box(brand, (width, height))
    if lay is None or min(x2 - x1, y2 - y1) < 12:
        return False
    if lay is _whole:
        x1, y1, x2, y2 = 0, 0, width, height
    elif lay is _lower:
        x1, x2, y2 = 0, width, height
    part = ground[y1:y2, x1:x2]
    shot, share = lay(layout, rng, part.shape[:2], materials)
    part[:] = (shot * share + part * (1 - share)).astype(np.uint8)
    return True


Layout = Callable[
    [np.random.Generator, np.random.Generator, tuple[int, ...], Materials],
    tuple[np.ndarray, np.ndarray],
]


def _whole(
    layout: np.random.Generator,
    rng: np.random.Generator,
    size: tuple[int, ...],
    materials: Materials,
) -> tuple[np.ndarray, np.ndarray]:
    """A photo all over, toned by the ground."""
    shot = picture(rng, size[1], size[0], materials)
    return shot, np.full((*size[:2], 1), layout.uniform(0.55, 1), np.float32)


def _lower(
    layout: np.random.Generator,
    rng: np.random.Generator,
    size: tuple[int, ...],
    materials: Materials,
) -> tuple[np.ndarray, np.ndarray]:
    """A photo down to the lower end, fading out at its top."""
    steep = layout.uniform(1.5, 12)
    fade = np.clip(np.linspace(0, steep, size[0], dtype=np.float32), 0, 1)
    share = np.broadcast_to(fade[:, None, None], (*size[:2], 1))
    return picture(rng, size[1], size[0], materials), share


def _framed(
    layout: np.random.Generator,
    rng: np.random.Generator,
    size: tuple[int, ...],
    materials: Materials,
) -> tuple[np.ndarray, np.ndarray]:
    """A photo in an oval or a rectangle."""
    share = _oval(size) if layout.random() < 0.6 else np.ones((*size[:2], 1), np.float32)
    return picture(rng, size[1], size[0], materials), share


def _window(
    layout: np.random.Generator, rng: np.random.Generator, size: tuple[int, ...], _: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """A hole that shows what is inside."""
    share = _oval(size) if layout.random() < 0.6 else np.ones((*size[:2], 1), np.float32)
    return contents(rng, *size[:2]), share


def _dish(
    _: np.random.Generator, rng: np.random.Generator, size: tuple[int, ...], __: Materials
) -> tuple[np.ndarray, np.ndarray]:
    """Food on a plate or in a bowl, with its rim."""
    shot = contents(rng, *size[:2])
    height, width = size[:2]
    rim = tuple(int(v) for v in rng.uniform(150, 255, 3))
    axes = int(width * 0.47), int(height * 0.47)
    thick = max(1, min(height, width) // 12)
    cv2.ellipse(shot, (width // 2, height // 2), axes, 0, 0, 360, rim, thick)
    return shot, _oval(size)


def _oval(size: tuple[int, ...]) -> np.ndarray:
    """Share of an oval that fills a box: (height, width, 1) float32."""
    y, x = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    return np.clip((1 - np.hypot(x, y)) * min(size[:2]) / 4, 0, 1)[..., None].astype(np.float32)


LAYOUTS: tuple[Layout | None, ...] = (_whole, _lower, _framed, _window, _dish, None)
SHARES = (0.2, 0.22, 0.18, 0.08, 0.12, 0.2)
