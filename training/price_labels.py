"""Drawing one price label in the style of its store."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.colours import Colour, lightness, readable_on
from training.glyphs import write_signs
from training.label_styles import LabelStyle
from training.lettering import Box, Pen, word, write_to_fit


@dataclass(frozen=True)
class PriceLabel:
    """A drawn label: (h, w, 3) uint8 RGB, and the price as printed."""

    picture: np.ndarray
    price: str


PRICE_BOXES = (
    (0.35, 0.25, 0.97, 0.8),
    (0.05, 0.3, 0.7, 0.95),
    (0.1, 0.12, 0.9, 0.75),
    (0.25, 0.4, 0.97, 0.95),
)
NAME_BOXES = (
    (0.03, 0.03, 0.95, 0.2),
    (0.04, 0.04, 0.96, 0.22),
    (0.05, 0.8, 0.95, 0.97),
    (0.04, 0.08, 0.9, 0.3),
)


def draw_price_label(
    rng: np.random.Generator, size: tuple[int, int], style: LabelStyle
) -> PriceLabel:
    """Draw a label; `size` is width and height in pixels."""
    zoom = 3 if size[1] < 40 else 2  # drawn larger and shrunk, so that small letters blur
    width, height = size[0] * zoom, size[1] * zoom
    promotion = rng.random() < style.promotion_share
    ground = style.promotion if promotion else style.ground
    ink = readable_on(rng, ground) if promotion else style.ink
    sheet = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(sheet)
    if style.band and not promotion:
        draw.rectangle((0, 0, width, height * 0.2), fill=style.band)
    price = _random_price(rng, style)
    _write_price(draw, _scaled(PRICE_BOXES[style.layout], width, height), price, ink, style)
    _write_name(rng, draw, _scaled(NAME_BOXES[style.layout], width, height), ground, style)
    if style.barcode and rng.random() < 0.8:
        _barcode(rng, draw, width, height)
    for colour, share in ((style.border, 0.04), (style.frame, 0.09)):
        if colour:
            edge = max(1, int(height * share))
            draw.rectangle((0, 0, width - 1, height - 1), outline=colour, width=edge)
    picture = cv2.resize(np.array(sheet), size, interpolation=cv2.INTER_AREA)
    return PriceLabel(picture, price)


def _random_price(rng: np.random.Generator, style: LabelStyle) -> str:
    amount = rng.choice([rng.uniform(0.2, 3), rng.uniform(1, 15), rng.uniform(10, 200)])
    if style.whole_numbers:
        return str(int(amount * 20) + 8)
    return f"{amount:.2f}".replace(".", "," if style.decimal_comma else ".")


def _write_price(
    draw: ImageDraw.ImageDraw, box: Box, price: str, ink: Colour, style: LabelStyle
) -> None:
    mark = "," if style.decimal_comma else "."
    if style.raised_cents and mark in price:
        units, cents = price.split(mark)
        x1, y1, x2, y2 = box
        middle, raised = x1 + (x2 - x1) * 0.62, y1 + (y2 - y1) * 0.55
        write_to_fit(draw, (x1, y1, middle, y2), units, Pen(style.bold, ink))
        write_to_fit(draw, (middle, y1, x2, raised), cents, Pen(style.bold, ink))
        return
    text = style.currency + price if style.currency_first else price + style.currency
    write_to_fit(draw, box, text, Pen(style.bold, ink))


def _write_name(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    box: Box,
    ground: Colour,
    style: LabelStyle,
) -> None:
    ink = (30, 30, 30) if lightness(ground) > 120 else (240, 240, 240)
    if style.signs:
        end = box[0] + (box[2] - box[0]) * rng.uniform(0.5, 1)
        write_signs(rng, draw, (box[0], box[1], end, box[3]), ink)
        return
    text = f"{word(rng)} {word(rng)} {rng.integers(50, 999)}g"
    write_to_fit(draw, box, text, Pen(style.plain, ink))


def _barcode(rng: np.random.Generator, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    x, unit = width * 0.04, max(1.0, width / 160)
    while x < width * 0.3:
        bar = rng.integers(1, 3) * unit
        draw.rectangle((x, height * 0.55, x + bar, height * 0.9), fill=(20, 20, 20))
        x += bar + rng.integers(1, 4) * unit


def _scaled(box: Box, width: int, height: int) -> Box:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height
