"""The printed front of a package.

The brand decides the layout, the variant decides accent colour, picture and words: so SKUs of
one brand resemble each other the way real ones do.
"""

import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import Colour, random_colour
from training.label_print import accent_band, badge, logo, small_print, variant_line
from training.materials import Materials
from training.patterns import pattern
from training.textures import picture


def paint_label(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Paint one label.

    Args:
        brand: whose label.
        variant: seed of the SKU within the brand.
        size: width and height, pixels.
        materials: fonts and pictures.

    Returns:
        (height, width, 3) uint8 RGB.
    """
    rng = np.random.default_rng([variant, 1])
    accent = random_colour(rng, white=0.05, black=0.02)
    ground = _ground(brand, accent, size)
    pictured = _lay_picture(brand, rng, ground, materials)
    sheet = Image.fromarray(ground)
    draw = ImageDraw.Draw(sheet)
    if not pictured:
        _ornaments(brand, accent, draw, size)
    accent_band(brand, rng, accent, draw, size)
    bottom = logo(brand, draw, size)
    variant_line(brand, rng, sheet, draw, bottom)
    small_print(brand, rng, sheet, draw)
    badge(brand, draw, size)
    return np.array(sheet)


def _ground(brand: Brand, accent: Colour, size: tuple[int, int]) -> np.ndarray:
    """Blend two colours over the label by one of several patterns."""
    rng = brand.stream("ground")
    width, height = size
    second = brand.colours[1] if rng.random() < 0.5 else accent
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None] + np.zeros((1, width), np.float32)
    x = np.linspace(0, 1, width, dtype=np.float32)[None] + np.zeros((height, 1), np.float32)
    share = pattern(rng, x, y)[..., None]
    return (np.array(brand.colours[0]) * (1 - share) + np.array(second) * share).astype(np.uint8)


def _picture_box(brand: Brand, size: tuple[int, int]) -> tuple[int, int, int, int]:
    rng = brand.stream("picture box")
    top = rng.uniform(0.3, 0.6)
    bottom = min(0.97, top + rng.uniform(0.25, 0.5))
    left, right = rng.uniform(0, 0.2), rng.uniform(0.8, 1)
    width, height = size
    return int(left * width), int(top * height), int(right * width), int(bottom * height)


def _lay_picture(
    brand: Brand, rng: np.random.Generator, ground: np.ndarray, materials: Materials
) -> bool:
    """Blend a picture into the ground, in place; False when the brand shows none."""
    layout = brand.stream("picture")
    x1, y1, x2, y2 = _picture_box(brand, (ground.shape[1], ground.shape[0]))
    if layout.random() > 0.55 or min(x2 - x1, y2 - y1) < 8:
        return False
    shot = picture(rng, x2 - x1, y2 - y1, materials)
    mask = _picture_mask(layout, *shot.shape[:2])[..., None]
    part = ground[y1:y2, x1:x2]
    part[:] = (shot * mask + part * (1 - mask)).astype(np.uint8)
    return True


def _picture_mask(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Oval, faded at the top, or whole: (height, width) float32, 0..1."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    shapes = (
        np.clip((1 - np.hypot(x, y)) * min(height, width) / 4, 0, 1),
        np.clip((y + 1) * 2, 0, 1),
        np.ones_like(y),
    )
    return shapes[int(rng.integers(3))].astype(np.float32)


def _ornaments(
    brand: Brand, accent: Colour, draw: ImageDraw.ImageDraw, size: tuple[int, int]
) -> None:
    """Shaded balls (fruit, drops) or plain triangles where the picture would be."""
    rng = brand.stream("ornaments")
    x1, y1, x2, y2 = _picture_box(brand, size)
    if rng.random() < 0.7:
        for _ in range(int(rng.integers(1, 9))):
            centre = rng.uniform(x1, x2), rng.uniform(y1, max(y1 + 1, y2))
            _ball(draw, centre, size[0] * rng.uniform(0.06, 0.26), accent)
        return
    for number in range(int(rng.integers(2, 6))):
        corners = [(rng.uniform(0, size[0]), rng.uniform(y1, size[1])) for _ in range(3)]
        draw.polygon(corners, fill=accent if number % 2 else brand.colours[2])


def _ball(
    draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: Colour
) -> None:
    for ring in range(5, 0, -1):
        size, light = radius * ring / 5, 0.55 + 0.45 * (5 - ring) / 5
        x, y = centre[0] - 0.02 * radius * (5 - ring), centre[1] - 0.02 * radius * (5 - ring)
        fill = tuple(int(value * light) for value in colour)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=fill)
