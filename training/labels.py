"""The printed front of a package.

The brand decides the layout, the variant decides accent colour, picture and words: so SKUs of
one brand resemble each other the way real ones do.
"""

import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import Colour, random_colour
from training.label_extras import crowd
from training.label_pictures import lay_picture, picture_box
from training.label_print import accent_band, badge, logo, small_print, variant_line
from training.materials import Materials
from training.patterns import pattern


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
    pictured = lay_picture(brand, rng, ground, materials)
    sheet = Image.fromarray(ground)
    draw = ImageDraw.Draw(sheet)
    if not pictured:
        _ornaments(brand, accent, draw, size)
    crowd(brand, rng, sheet)
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


def _ornaments(
    brand: Brand, accent: Colour, draw: ImageDraw.ImageDraw, size: tuple[int, int]
) -> None:
    """Shaded balls (fruit, drops) or plain triangles where the picture would be."""
    rng = brand.stream("ornaments")
    x1, y1, x2, y2 = picture_box(brand, size)
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
