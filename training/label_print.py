"""What is printed on a label: brand, variant, weight, badge."""

import numpy as np
from PIL import Image, ImageDraw

from training.brands import Brand
from training.colours import Colour, random_colour, readable_on
from training.glyphs import write_signs
from training.lettering import BADGES, Pen, word, write_to_fit

SIZES = (100, 150, 200, 250, 330, 400, 500, 750, 1000)


def accent_band(
    brand: Brand,
    rng: np.random.Generator,
    accent: Colour,
    draw: ImageDraw.ImageDraw,
    size: tuple[int, int],
) -> None:
    """A band in the variant's colour with a word of the variant."""
    layout, text = brand.stream("band"), word(rng)
    if layout.random() > 0.6:
        return
    width, height = size
    top, high = layout.uniform(0.3, 0.85) * height, layout.uniform(0.06, 0.16) * height
    if layout.random() < 0.5:
        draw.rectangle((0, top, width, top + high), fill=accent)
    else:
        box = (width * 0.08, top, width * 0.92, top + high)
        draw.rounded_rectangle(box, radius=high / 3, fill=accent)
    inner = (width * 0.12, top + high * 0.12, width * 0.88, top + high * 0.88)
    ink = readable_on(layout, accent)
    write_to_fit(draw, inner, text, Pen(brand.plain, ink))


def logo(brand: Brand, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> float:
    """The brand's name on its shape; returns the lower edge, pixels."""
    rng = brand.stream("logo")
    width, height = size
    stretch = 1.7 if width > 1.3 * height else 1.0  # flat fronts carry larger letters
    top, high = rng.uniform(0.03, 0.3) * height, rng.uniform(0.1, 0.36) * height * stretch
    box = (width * 0.06, top, width * 0.94, top + high)
    shape = int(rng.integers(6))
    _logo_shape(draw, box, shape, brand)
    ground = brand.colours[3] if shape < 4 else brand.colours[0]
    ink = readable_on(rng, ground)
    inner = (box[0] + width * 0.06, top + high * 0.15, box[2] - width * 0.06, top + high * 0.85)
    stroke = int(width * 0.012) if rng.random() < 0.4 else 0
    if brand.signs:
        _signs(brand, draw, (*size, top), ink)
        return top + high
    write_to_fit(draw, inner, brand.name, Pen(brand.bold, ink, stroke, readable_on(rng, ink)))
    return top + high


def _signs(
    brand: Brand, draw: ImageDraw.ImageDraw, place: tuple[float, float, float], ink: Colour
) -> None:
    """The brand's name in signs: across, or large from top to bottom; the same on every SKU."""
    rng = brand.stream("signs")
    width, height, top = place
    number = int(rng.integers(2, 6))
    if rng.random() < 0.4:
        side = min(width * rng.uniform(0.2, 0.45), height * 0.85 / number)
        x = rng.uniform(0.05, 0.9 - side / width) * width
        y = height * rng.uniform(0.03, 0.1)
        write_signs(rng, draw, (x, y, x + side, y + side * number), ink, upright=True)
        return
    side = width * 0.88 / number
    write_signs(rng, draw, (width * 0.06, top, width * 0.94, top + side), ink)


def _logo_shape(
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    shape: int,
    brand: Brand,
) -> None:
    x1, y1, x2, y2 = box
    fill, slope = brand.colours[3], (y2 - y1) * 0.2
    if shape == 0:
        draw.rectangle(box, fill=fill)
    elif shape == 1:
        draw.ellipse(box, fill=fill, outline=brand.colours[2], width=max(1, int(x2 / 60)))
    elif shape == 2:
        draw.rounded_rectangle(box, radius=(y2 - y1) / 2.5, fill=fill)
    elif shape == 3:
        draw.polygon([(x1, y1 + slope), (x2, y1), (x2, y2 - slope), (x1, y2)], fill=fill)


def variant_line(
    brand: Brand,
    rng: np.random.Generator,
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    logo_bottom: float,
) -> None:
    """One or two words that tell the variant, below the logo."""
    layout = brand.stream("variant")
    width, height = sheet.size
    text = word(rng) if rng.random() < 0.6 else f"{word(rng)} {word(rng)}"
    top = logo_bottom + height * 0.02
    box = (width * 0.1, top, width * 0.9, top + height * layout.uniform(0.05, 0.22))
    ink = readable_on(layout, _pixel(sheet, 0.5, top / height + 0.03))
    if brand.signs:
        write_signs(rng, draw, (box[0], top, box[2], top + (box[3] - top) * 0.6), ink)
        return
    typeface = brand.plain if layout.random() < 0.5 else brand.bold
    write_to_fit(draw, box, text, Pen(typeface, ink))


def small_print(
    brand: Brand, rng: np.random.Generator, sheet: Image.Image, draw: ImageDraw.ImageDraw
) -> None:
    """The weight, and lines that stand for text too small to read."""
    layout = brand.stream("small print")
    width, height = sheet.size
    text = f"{SIZES[int(rng.integers(len(SIZES)))]} {layout.choice(['g', 'ml'])}"
    box = (width * 0.6, height * 0.92, width * 0.95, height * 0.975)
    ink = readable_on(layout, _pixel(sheet, 0.8, 0.94))
    write_to_fit(draw, box, text, Pen(brand.plain, ink))
    for number in range(int(layout.integers(5))):
        y, x = height * (0.8 + 0.03 * number), width * layout.uniform(0.3, 0.6)
        draw.line((width * 0.1, y, x, y), fill=readable_on(layout, brand.colours[0]))


def badge(brand: Brand, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """A round sticker, on every third brand."""
    rng = brand.stream("badge")
    if rng.random() > 0.35:
        return
    width, height = size
    x, y = width * rng.uniform(0.15, 0.85), height * rng.uniform(0.3, 0.8)
    radius, colour = width * rng.uniform(0.08, 0.16), random_colour(rng)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    inner = (x - radius * 0.7, y - radius * 0.5, x + radius * 0.7, y + radius * 0.5)
    text = BADGES[int(rng.integers(len(BADGES)))]
    write_to_fit(draw, inner, text, Pen(brand.bold, readable_on(rng, colour)))


def _pixel(sheet: Image.Image, x: float, y: float) -> Colour:
    """Colour at a place given as shares of width and height."""
    width, height = sheet.size
    return sheet.getpixel((min(width - 1, int(x * width)), min(height - 1, int(y * height))))
