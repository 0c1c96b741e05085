"""Small adverts that a store puts along its shelf edges, between the price tags: no products.

A store has a handful of them and repeats them everywhere: photos, cartoons, mini packshots, notes
with a code to scan.
"""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.brands import random_brand
from training.colours import from_hsv, random_colour, readable_on
from training.glyphs import write_signs
from training.lettering import Pen, brand_name, word, write_to_fit
from training.materials import Materials
from training.single_packs import draw_single
from training.textures import picture

HIGH = 96  # pixels they are drawn at
NUMBER = (3, 8)

Painter = Callable[[np.random.Generator, Image.Image, Materials, bool], None]


def edge_pictures(
    rng: np.random.Generator, materials: Materials, signs: bool
) -> tuple[np.ndarray, ...]:
    """Draw one store's adverts: each (HIGH, w, 3) uint8 RGB; with `signs` words are like Kanji."""
    shots = []
    for _ in range(int(rng.integers(*NUMBER))):
        size = int(HIGH * rng.uniform(0.7, 2)), HIGH
        sheet = Image.new("RGB", size, random_colour(rng, white=0.3))
        PAINTERS[int(rng.integers(len(PAINTERS)))](rng, sheet, materials, signs)
        shots.append(np.array(sheet))
    return tuple(shots)


def packshot(rng: np.random.Generator, high: int, materials: Materials) -> Image.Image:
    """A picture of some pack, `high` pixels tall, clear around it."""
    brand = random_brand(rng, materials)
    wide = max(24, int(high * min(2.0, brand.width_to_height)))
    pack = draw_single(brand, int(rng.integers(1 << 31)), (wide, max(24, high)), materials)
    return Image.fromarray(pack)


def _photo(rng: np.random.Generator, sheet: Image.Image, materials: Materials, signs: bool) -> None:
    """A photo with a line of words."""
    sheet.paste(Image.fromarray(picture(rng, *sheet.size, materials)))
    if rng.random() < 0.6:
        ink = random_colour(rng, white=0.4, black=0)
        _words(
            rng,
            ImageDraw.Draw(sheet),
            _part(rng, sheet),
            Pen(materials.bold_font(rng), ink, 2, (20, 20, 30)),
            signs,
        )


def _cartoon(
    rng: np.random.Generator, sheet: Image.Image, materials: Materials, signs: bool
) -> None:
    """Stripes or a sky, figures of a head and a body, large words."""
    width, height = sheet.size
    draw = ImageDraw.Draw(sheet)
    colours = [random_colour(rng, white=0.3) for _ in range(2)]
    upright, step = rng.random() < 0.6, int(rng.integers(5, 20))
    for at in range(0, max(sheet.size), 2 * step):
        box = (at, 0, at + step, height) if upright else (0, at, width, at + step)
        draw.rectangle(box, fill=colours[0])
    for _ in range(int(rng.integers(0, 4))):
        x, y, size = rng.uniform(0, width), rng.uniform(0.3, 0.7) * height, height * 0.16
        draw.rectangle((x - size, y, x + size, y + 3 * size), fill=random_colour(rng))
        draw.ellipse((x - size, y - 2 * size, x + size, y), fill=(245, 205, 170))
        draw.pieslice((x - size, y - 2.2 * size, x + size, y), 180, 360, fill=random_colour(rng))
    ink = random_colour(rng, white=0.2, black=0.2)
    pen = Pen(materials.bold_font(rng), ink, 3, readable_on(rng, ink))
    _words(rng, draw, _part(rng, sheet), pen, signs)


def _pack(rng: np.random.Generator, sheet: Image.Image, materials: Materials, signs: bool) -> None:
    """One or two packs beside words."""
    width, height = sheet.size
    draw = ImageDraw.Draw(sheet)
    for _ in range(int(rng.integers(1, 3))):
        shot = packshot(rng, int(height * rng.uniform(0.6, 0.95)), materials)
        sheet.paste(shot, (int(rng.uniform(-0.05, 0.6) * width), int(height * 0.04)), shot)
    ink = random_colour(rng)
    _words(
        rng, draw, _part(rng, sheet), Pen(materials.bold_font(rng), ink, 2, (255, 255, 255)), signs
    )


def _note(rng: np.random.Generator, sheet: Image.Image, materials: Materials, signs: bool) -> None:
    """A framed note: two lines and a code to scan."""
    width, height = sheet.size
    draw = ImageDraw.Draw(sheet)
    frame = from_hsv(rng.random(), 0.7, 0.8)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), 12, (248, 248, 246), frame, 6)
    side = int(height * rng.uniform(0.3, 0.7))
    for line in range(2):
        top = height * (0.15 + 0.38 * line)
        box = (width * 0.08, top, width - side * 1.1, top + height * 0.3)
        _words(rng, draw, box, Pen(materials.any_font(rng), (30, 30, 40)), signs)
    dots = rng.integers(0, 2, (15, 15), dtype=np.uint8) * 235
    code = cv2.resize(dots, (side, side), interpolation=cv2.INTER_NEAREST)
    sheet.paste(Image.fromarray(np.dstack([code] * 3)), (width - side - 8, height - side - 8))


PAINTERS: tuple[Painter, ...] = (_photo, _cartoon, _cartoon, _pack, _pack, _note)


def _part(rng: np.random.Generator, sheet: Image.Image) -> tuple[float, float, float, float]:
    """A wide field somewhere on the sheet."""
    width, height = sheet.size
    top = rng.uniform(0.02, 0.65) * height
    return 0.05 * width, top, 0.95 * width, top + height * rng.uniform(0.2, 0.35)


def _words(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    pen: Pen,
    signs: bool,
) -> None:
    if signs:
        write_signs(rng, draw, box, pen.fill)
    else:
        write_to_fit(draw, box, f"{brand_name(rng)} {word(rng)}", pen)
