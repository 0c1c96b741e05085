"""Fronts that are one word in gigantic letters: on colour blocks, in outline, under a swoosh."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import Colour, random_colour, readable_on
from training.glyphs import write_signs
from training.lettering import BADGES, SMALLEST, Box, Pen, word, write_to_fit
from training.materials import Materials, font
from training.textures import contents, picture

BLOCKS = 0.45  # share of brands that set each letter on a block of its own


def giant_front(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Paint a front that its brand's name fills: (h, w, 3) uint8 RGB; `size` is width, height."""
    rng = brand.stream("giant")
    paint = letter_blocks if rng.random() < BLOCKS and size[0] > size[1] else wide_name
    return paint(brand, variant, size, materials)


def letter_blocks(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """Each letter on a block of strong colour; one block is a picture, one holds small print."""
    rng, own = brand.stream("blocks"), np.random.default_rng([variant, 8])
    width, height = size
    letters = brand.name.upper()[: int(rng.integers(4, 7))]
    grounds = [brand.colours[0], (250, 250, 248), random_colour(own, white=0), random_colour(own)]
    sheet = Image.new("RGB", size, grounds[0])
    draw = ImageDraw.Draw(sheet)
    left = width * rng.uniform(0.02, 0.2)
    edges = np.linspace(left, width * rng.uniform(0.86, 1), len(letters) + 1)
    shown = int(rng.integers(len(letters)))
    stroke = int(height * rng.uniform(0, 0.05))
    top, bottom = rng.uniform(0, 0.2) * height, rng.uniform(0.6, 0.98) * height
    for number, letter in enumerate(letters):
        box = (edges[number], 0, edges[number + 1], height)
        ground = grounds[number % len(grounds)] if rng.random() < 0.8 else random_colour(own)
        draw.rectangle(box, fill=ground)
        if number == shown:
            _shot(own, sheet, box, materials)
        inside = (box[0], top, box[2], bottom)
        _fill(draw, inside, letter, Pen(brand.bold, _ink(rng, brand, ground), stroke))
    _small_words(rng, own, brand, draw, size)
    return np.array(sheet)


def wide_name(
    brand: Brand, variant: int, size: tuple[int, int], materials: Materials
) -> np.ndarray:
    """The name from end to end, outlined, over a fade, a swoosh and what is in the pack."""
    rng, own = brand.stream("wide"), np.random.default_rng([variant, 9])
    width, height = size
    ground = brand.colours[0] if rng.random() < 0.5 else random_colour(own, white=0.1)
    fade = np.linspace(1, rng.uniform(0.6, 1.1), height)[:, None, None]
    sheet = np.clip(np.array(ground) * fade + np.zeros((height, width, 3)), 0, 255)
    sheet = np.ascontiguousarray(sheet.astype(np.uint8))
    if rng.random() < 0.5:
        swoosh(rng, sheet, brand.colours[1])
    page = Image.fromarray(sheet)
    draw = ImageDraw.Draw(page)
    wide = width * rng.uniform(0.2, 0.45)
    if rng.random() < 0.75:
        x = rng.choice([0, width - wide]) if rng.random() < 0.8 else (width - wide) / 2
        _shot(own, page, (x, 0, x + wide, height), materials, oval=rng.random() < 0.8)
    top = height * rng.uniform(0.02, 0.4)
    box = (width * rng.uniform(0.02, 0.15), top, width * rng.uniform(0.7, 0.98), 0)
    box = (*box[:3], top + height * rng.uniform(0.35, 0.6))
    ink = _ink(rng, brand, ground)
    stroke = max(1, int(height * 0.035)) if rng.random() < 0.6 else 0
    if brand.signs:
        write_signs(brand.stream("signs"), draw, box, ink)
    else:
        pen = Pen(brand.bold, ink, stroke, readable_on(rng, ink))
        _fill(draw, box, brand.name, pen)
    _small_words(rng, own, brand, draw, size)
    return np.array(page)


def swoosh(rng: np.random.Generator, sheet: np.ndarray, colour: Colour) -> None:
    """A broad wave from border to border, in place."""
    height, width = sheet.shape[:2]
    way = np.linspace(-0.1, 1.1, 24)
    middle = rng.uniform(0.2, 0.8) + rng.uniform(-0.8, 0.8) * (way - 0.5)
    middle = middle + rng.uniform(0.05, 0.3) * np.sin(way * rng.uniform(3, 7) + rng.uniform(0, 6))
    thick = rng.uniform(0.03, 0.14) * (0.4 + np.sin(np.clip(way, 0, 1) * np.pi))
    edges = np.concatenate([middle - thick, (middle + thick)[::-1]])
    points = np.stack([np.concatenate([way, way[::-1]]) * width, edges * height], 1)
    if rng.random() < 0.4:
        points = points[:, ::-1] * [width / height, height / width]
    cv2.fillPoly(sheet, [points.astype(np.int32)], colour, cv2.LINE_AA)


def _ink(rng: np.random.Generator, brand: Brand, ground: Colour) -> Colour:
    """White or the brand's colour where it can be read."""
    far = sum(abs(a - b) for a, b in zip(brand.colours[3], ground, strict=True))
    return brand.colours[3] if far > 200 else readable_on(rng, ground)


def _fill(draw: ImageDraw.ImageDraw, box: Box, text: str, pen: Pen) -> None:
    """Write so large that the letters' ink fills the box; an outline may leave it."""
    wide, high = box[2] - box[0], box[3] - box[1]
    if min(wide, high) < 6:
        return
    tried = font(pen.typeface, max(SMALLEST, int(high)))
    x1, y1, x2, y2 = draw.textbbox((0, 0), text, font=tried)
    zoom = min(wide / max(1, x2 - x1), high / max(1, y2 - y1))
    letters = font(pen.typeface, max(SMALLEST, int(int(high) * zoom)))
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    ink = pen.stroke_fill or pen.fill
    x1, y1, x2, y2 = draw.textbbox((0, 0), text, font=letters)
    place = middle[0] - (x1 + x2) / 2, middle[1] - (y1 + y2) / 2
    draw.text(place, text, pen.fill, letters, stroke_width=pen.stroke, stroke_fill=ink)


def _shot(
    rng: np.random.Generator,
    page: Image.Image,
    box: tuple[float, float, float, float],
    materials: Materials,
    oval: bool = False,
) -> None:
    """A photo, food or a shaded disc in a box; an oval one leaves its corners."""
    x, y, wide, high = int(box[0]), int(box[1]), int(box[2] - box[0]), int(box[3] - box[1])
    if min(wide, high) < 8:
        return
    shot = picture(rng, wide, high, materials)
    if rng.random() < 0.5:
        shot = contents(rng, high, wide)
    mask = Image.new("L", (wide, high), 0 if oval else 255)
    if oval:
        ImageDraw.Draw(mask).ellipse((wide * 0.04, high * 0.06, wide * 0.96, high * 0.94), fill=255)
    page.paste(Image.fromarray(shot), (x, y), mask)


def _small_words(
    rng: np.random.Generator,
    own: np.random.Generator,
    brand: Brand,
    draw: ImageDraw.ImageDraw,
    size: tuple[int, int],
) -> None:
    """The variant, a weight and a badge, small beside the letters."""
    width, height = size
    for _ in range(int(rng.integers(1, 4))):
        x, y = width * rng.uniform(0, 0.75), height * rng.uniform(0, 0.85)
        box = (x, y, x + width * rng.uniform(0.1, 0.3), y + height * rng.uniform(0.08, 0.2))
        text = word(own) if rng.random() < 0.7 else str(own.choice(BADGES))
        ink = (20, 20, 25) if rng.random() < 0.5 else (250, 250, 250)
        write_to_fit(draw, box, text, Pen(brand.plain, ink))
