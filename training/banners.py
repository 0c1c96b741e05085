"""Large promo banners: bands of giant words, logos and packshots, before or above the shelves."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from training.colours import Colour, from_hsv, random_colour, readable_on
from training.edge_pictures import packshot
from training.glyphs import write_signs
from training.lettering import Box, Pen, brand_name, write_to_fit
from training.plane import Plane, opaque, turned
from training.signs import PROMO_WORDS
from training.stores import Store

GROUNDS: tuple[Colour, ...] = ((250, 250, 248), (255, 205, 20), (215, 25, 35), (20, 110, 60))
SCENES_WITH_BANNERS = 0.1


def hang_banners(rng: np.random.Generator, plane: Plane, store: Store) -> None:
    """Hang one or two into some scenes; they take over the pixels they cover."""
    if rng.random() > SCENES_WITH_BANNERS:
        return
    height, width = plane.owners.shape
    for _ in range(int(rng.integers(1, 3))):
        size = int(width * rng.uniform(0.2, 0.7)), int(height * rng.uniform(0.08, 0.28))
        sheet = turned(opaque(banner(rng, size, store)), rng.normal(0, 2.5))
        y = rng.uniform(0.55, 0.85) if rng.random() < 0.7 else rng.uniform(0.05, 0.2)
        plane.paste(sheet, rng.uniform(-0.1, 0.75) * width, y * height, light=rng.uniform(0.8, 1.1))


def banner(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """One to three bands of words, packshots across them: (h, w, 3) uint8 RGB."""
    width, height = max(24, size[0]), max(24, size[1])
    sheet = Image.new("RGB", (width, height), GROUNDS[int(rng.integers(len(GROUNDS)))])
    draw = ImageDraw.Draw(sheet)
    bands = int(rng.integers(1, 4))
    edges = np.concatenate([[0], np.sort(rng.uniform(0.2, 0.8, bands - 1)), [1]]) * height
    for top, bottom in pairwise(edges):
        ground = GROUNDS[int(rng.integers(len(GROUNDS)))]
        ground = ground if rng.random() < 0.75 else random_colour(rng, white=0, black=0)
        draw.rectangle((0, top, width, bottom), fill=ground)
        _band(rng, draw, (0, top, width, bottom), ground, store)
    for _ in range(int(rng.integers(0, 3))):
        shot = packshot(rng, int(height * rng.uniform(0.4, 0.9)), store.materials)
        x, y = rng.uniform(-0.05, 0.85) * width, rng.uniform(0.05, 0.5) * height
        sheet.paste(shot, (int(x), int(y)), shot)
    if rng.random() < 0.5:
        _badge(rng, draw, (width, height), store)
    return np.array(sheet)


def _band(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box, ground: Colour, store: Store
) -> None:
    """The same word once to three times, as tall as the band."""
    times = int(rng.choice([1, 1, 2, 3]))
    name = brand_name(rng).upper() if rng.random() < 0.5 else str(rng.choice(PROMO_WORDS))
    ink, wide = readable_on(rng, ground), (box[2] - box[0]) / times
    typeface, high = store.materials.bold_font(rng), box[3] - box[1]
    for number in range(times):
        left = box[0] + wide * (number + 0.04)
        field = (left, box[1] + high * 0.08, left + wide * 0.92, box[3] - high * 0.08)
        if store.label_style.signs:
            write_signs(rng, draw, field, ink)
        else:
            write_to_fit(draw, field, name, Pen(typeface, ink))


def _badge(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, size: tuple[int, int], store: Store
) -> None:
    """An oval logo or a large price in a disc."""
    width, height = size
    x, y = rng.uniform(0.1, 0.8) * width, rng.uniform(0.1, 0.6) * height
    high = height * rng.uniform(0.25, 0.5)
    wide = high * rng.uniform(1, 3)
    fill = from_hsv(rng.random(), 0.85, 0.8)
    draw.ellipse((x, y, x + wide, y + high), fill=fill, outline=(250, 250, 250), width=3)
    inner = (x + wide * 0.15, y + high * 0.25, x + wide * 0.85, y + high * 0.75)
    text = brand_name(rng) if rng.random() < 0.6 else f"{rng.integers(5, 99)},-"
    write_to_fit(draw, inner, text, Pen(store.materials.bold_font(rng), (250, 250, 250)))
