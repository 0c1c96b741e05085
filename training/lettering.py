"""Words on packages and price labels, and writing them into a box."""

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from training.colours import Colour
from training.materials import font

Box = tuple[float, float, float, float]  # x1, y1, x2, y2, pixels

_SYLLABLES = (
    "ka lo mi ne ra to su vi pe ri na do le mo ta ci bo fa gu sha pri sto bel kor zen vit max ol"
    " an er is um on el ar es eo ia"
)
_WORDS = (
    "Original Classic Premium Bio Organic Fresh Natural Zero Light Strawberry Vanilla Choco Lemon"
    " Mint Peach Apple Cherry Orange Honey Almond Hazelnut Coffee Milk Cream Cheese Tomato Basil"
    " Garlic Chili Pepper BBQ Paprika Onion Salt Crispy Crunchy Soft Strong Sensitive Repair Color"
    " Family XXL Mini Duo Active Ocean Lavender Aloe Herbal Green Black White Gold Extra Mild Hot"
    " Spicy Sweet Sour Rice Pasta Oat Corn Wheat Muesli Tea Juice Water Soda Cola Eggs Noodles"
)
SYLLABLES = _SYLLABLES.split()
WORDS = _WORDS.split()
BADGES = ("BIO", "NEW", "+20%", "-30%", "0%", "XL", "FREE", "A+", "2x")
SMALLEST = 5  # pixels; below that letters are noise anyway


def brand_name(rng: np.random.Generator) -> str:
    """Invent a brand name."""
    name = "".join(str(rng.choice(SYLLABLES)) for _ in range(int(rng.integers(2, 4))))
    return name.capitalize() if rng.random() < 0.5 else name.upper()


def word(rng: np.random.Generator) -> str:
    """Choose a word."""
    return WORDS[int(rng.integers(len(WORDS)))]


@dataclass(frozen=True)
class Pen:
    """How to write: typeface, colour, and an outline of so many pixels."""

    typeface: str
    fill: Colour
    stroke: int = 0
    stroke_fill: Colour | None = None


def write_to_fit(draw: ImageDraw.ImageDraw, box: Box, text: str, pen: Pen) -> None:
    """Write one line as large as the box allows, centred in it."""
    width, height = box[2] - box[0], box[3] - box[1]
    if width < 4 or height < 4:
        return
    letters = font(pen.typeface, max(SMALLEST, int(height)))
    x1, y1, x2, y2 = draw.textbbox((0, 0), text, font=letters)
    if x2 - x1 > width:
        size = max(SMALLEST, int(int(height) * width / (x2 - x1)))
        letters = font(pen.typeface, size)
        x1, y1, x2, y2 = draw.textbbox((0, 0), text, font=letters)
    draw.text(
        (box[0] + (width - x2 + x1) / 2 - x1, box[1] + (height - y2 + y1) / 2 - y1),
        text,
        font=letters,
        fill=pen.fill,
        stroke_width=pen.stroke,
        stroke_fill=pen.stroke_fill,
    )
