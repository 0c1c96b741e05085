"""Printed things in a store that are neither products nor price tags: hard negatives."""

import numpy as np
from PIL import Image, ImageDraw

from training.colours import Colour, random_colour, readable_on
from training.glyphs import write_signs
from training.lettering import BADGES, Pen, brand_name, word, write_to_fit
from training.stores import Store
from training.textures import picture

PROMO_COLOURS: tuple[Colour, ...] = ((215, 25, 35), (255, 225, 40), (250, 250, 248), (20, 120, 60))
PROMO_WORDS = ("TILBUD", "SALE", "OFFER", "AKTION", "PROMO", "NYHET", "2 for 1", "10,-", "-25%")


def sign(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """A coloured sign with words, sometimes with a picture, no price: (h, w, 3) uint8 RGB."""
    width, height = max(4, size[0]), max(4, size[1])
    colour = random_colour(rng, white=0.3)
    sheet = Image.new("RGB", (width, height), colour)
    pictured = rng.random() < 0.45 and min(width, height) > 12
    if pictured:
        wide = width // int(rng.integers(1, 4))
        shot = picture(rng, wide, height, store.materials)
        sheet.paste(Image.fromarray(shot), (int(rng.uniform(0, width - wide + 1)), 0))
    draw = ImageDraw.Draw(sheet)
    lines = 1 if width > 2 * height else int(rng.integers(1, 5))
    for line in range(lines if not pictured or rng.random() < 0.6 else 0):
        top, bottom = height * (line + 0.08) / lines, height * (line + 0.92) / lines
        _line(rng, draw, (width * 0.05, top, width * 0.95, bottom), colour, store)
    return np.array(sheet)


def _line(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    colour: Colour,
    store: Store,
) -> None:
    ink = readable_on(rng, colour)
    if store.label_style.signs or rng.random() < 0.15:
        write_signs(rng, draw, box, ink)
        return
    text = f"{brand_name(rng)} {word(rng)}" if rng.random() < 0.7 else word(rng)
    write_to_fit(draw, box, text, Pen(store.materials.bold_font(rng), ink))


def promo_card(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """A card that shouts, as it hangs below or beside a price tag: (h, w, 3) uint8 RGB."""
    width, height = max(4, size[0]), max(4, size[1])
    colour = PROMO_COLOURS[int(rng.integers(len(PROMO_COLOURS)))]
    sheet = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(sheet)
    ink = (215, 25, 35) if colour[1] > 200 and rng.random() < 0.7 else readable_on(rng, colour)
    words = PROMO_WORDS + BADGES
    box = (width * 0.08, height * 0.15, width * 0.92, height * 0.85)
    if store.label_style.signs:
        write_signs(rng, draw, box, ink)
    else:
        text = words[int(rng.integers(len(words)))]
        write_to_fit(draw, box, text, Pen(store.materials.bold_font(rng), ink))
    if rng.random() < 0.3:
        draw.rectangle((0, 0, width - 1, height - 1), outline=ink, width=max(1, height // 20))
    return np.array(sheet)


def printed_strip(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """A strip with one small motif over and over: (h, w, 3) uint8 RGB."""
    width, height = max(4, size[0]), max(4, size[1])
    ground = np.array(random_colour(rng, white=0.6, black=0.25), np.uint8)
    strip = np.broadcast_to(ground, (height, width, 3)).copy()
    motif_high = max(4, int(height * rng.uniform(0.5, 0.9)))
    motif_wide = max(4, int(motif_high * rng.uniform(0.8, 3)))
    logo = rng.random() < 0.5
    if logo:
        motif = sign(rng, (motif_wide, motif_high), store)
    else:
        motif = picture(rng, motif_wide, motif_high, store.materials)
    y, x = np.mgrid[-1 : 1 : motif_high * 1j, -1 : 1 : motif_wide * 1j]
    seen = (np.hypot(x, y) < (2 if logo else 1))[..., None]
    top, step = (height - motif_high) // 2, int(motif_wide * rng.uniform(1.1, 3)) + 1
    for left in range(0, width - motif_wide, step):
        part = strip[top : top + motif_high, left : left + motif_wide]
        np.copyto(part, motif, where=seen)
    return strip
