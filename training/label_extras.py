"""What else crowds a label: starbursts, pills, slanted words, blobs; strong edges inside a pack."""

import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import random_colour, readable_on
from training.glyphs import write_signs
from training.lettering import BADGES, Box, Pen, word, write_to_fit

CROWDED = 0.6  # share of brands with extras
MOST = 5


def crowd(brand: Brand, rng: np.random.Generator, sheet: Image.Image) -> None:
    """Add a few extras in places that the brand fixes; words and colours are the variant's."""
    layout = brand.stream("extras")
    if layout.random() > CROWDED:
        return
    width, height = sheet.size
    for _ in range(int(layout.integers(1, MOST + 1))):
        wide = width * layout.uniform(0.15, 0.6)
        high = min(height * 0.4, wide * layout.uniform(0.2, 0.9))
        x, y = layout.uniform(-0.05, 0.8) * width, layout.uniform(0, 0.85) * height
        kind, degrees = int(layout.integers(4)), float(layout.normal(0, 9))
        patch = Image.new("RGBA", (max(6, int(wide)), max(6, int(high))))
        EXTRAS[kind](brand, rng, ImageDraw.Draw(patch), (0, 0, patch.width, patch.height))
        if layout.random() < 0.5:
            patch = patch.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
        sheet.paste(patch, (int(x), int(y)), patch)


def _burst(brand: Brand, rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box) -> None:
    """A star with a shout in it."""
    colour = random_colour(rng, white=0.1)
    middle, reach = np.array([box[2], box[3]]) / 2, np.array([box[2], box[3]]) / 2
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    radii = np.where(np.arange(32) % 2, 0.8, 1.0)[:, None]
    points = middle + reach * radii * np.stack([np.cos(angles), np.sin(angles)], 1)
    draw.polygon([tuple(p) for p in points.tolist()], fill=colour)
    inner = (box[2] * 0.22, box[3] * 0.28, box[2] * 0.78, box[3] * 0.72)
    _words(brand, rng, draw, inner, Pen(brand.bold, readable_on(rng, colour)))


def _pill(brand: Brand, rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box) -> None:
    """A rounded field with a word."""
    colour = random_colour(rng, white=0.3)
    draw.rounded_rectangle((0, 0, box[2] - 1, box[3] - 1), radius=box[3] / 3, fill=colour)
    inner = (box[2] * 0.1, box[3] * 0.2, box[2] * 0.9, box[3] * 0.8)
    _words(brand, rng, draw, inner, Pen(brand.plain, readable_on(rng, colour)))


def _outlined(brand: Brand, rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box) -> None:
    """A word in letters with a strong outline."""
    ink = random_colour(rng, white=0.4, black=0.1)
    stroke = max(1, int(box[3] / 14))
    inner = (stroke, stroke, box[2] - stroke, box[3] - stroke)
    _words(brand, rng, draw, inner, Pen(brand.bold, ink, stroke, readable_on(rng, ink)))


def _blob(_: Brand, rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box) -> None:
    """A plain shape with a lighter one inside: a fruit, a drop, a seal."""
    colour = random_colour(rng)
    draw.ellipse((0, 0, box[2] - 1, box[3] - 1), fill=colour)
    lighter = tuple(min(255, int(v * 1.3) + 15) for v in colour)
    draw.ellipse((box[2] * 0.15, box[3] * 0.12, box[2] * 0.7, box[3] * 0.65), fill=lighter)


def _words(
    brand: Brand, rng: np.random.Generator, draw: ImageDraw.ImageDraw, box: Box, pen: Pen
) -> None:
    if brand.signs:
        write_signs(rng, draw, box, pen.fill)
        return
    text = word(rng) if rng.random() < 0.6 else BADGES[int(rng.integers(len(BADGES)))]
    write_to_fit(draw, box, text, pen)


EXTRAS = (_burst, _pill, _outlined, _blob)
