"""Colours as packages wear them: RGB triples, 0..255."""

import colorsys

import numpy as np

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (10, 10, 20)
COMMON_HUES = (0.99, 0.06, 0.13, 0.3, 0.42, 0.6, 0.75, 0.92)  # red, orange, yellow, green, ...
HUE_SHARES = (0.28, 0.12, 0.16, 0.13, 0.04, 0.17, 0.04, 0.06)
READABLE = 80  # smallest difference of lightness, 0..255, between letters and ground


def from_hsv(hue: float, saturation: float, value: float) -> Colour:
    """Turn hue, saturation and value (each 0..1; hue wraps) into RGB."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(saturation, 1), min(value, 1))
    return int(255 * red), int(255 * green), int(255 * blue)


def random_colour(rng: np.random.Generator, white: float = 0.18, black: float = 0.10) -> Colour:
    """Draw a pack colour; `white` and `black` are the shares of near-white and near-black."""
    kind, hue = rng.random(), _hue(rng)
    if kind < white:
        return from_hsv(hue, rng.uniform(0, 0.1), rng.uniform(0.88, 1))
    if kind < white + black:
        return from_hsv(hue, rng.uniform(0, 0.5), rng.uniform(0.05, 0.2))
    return from_hsv(hue, rng.uniform(0.35, 1) ** 0.6, rng.uniform(0.3, 1) ** 0.8)


def _hue(rng: np.random.Generator) -> float:
    """Mostly the hues packs are printed in, now and then any."""
    if rng.random() < 0.25:
        return float(rng.random())
    hue = float(rng.choice(COMMON_HUES, p=HUE_SHARES))
    return hue + float(rng.normal(0, 0.02))


def lightness(colour: Colour) -> float:
    """Perceived lightness, 0..255 (ITU-R BT.601 weights)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def readable_on(rng: np.random.Generator, ground: Colour) -> Colour:
    """Draw a colour that can be read on `ground`."""
    dark = lightness(ground) < 140
    if rng.random() < 0.6:
        return WHITE if dark else from_hsv(rng.random(), rng.random(), rng.uniform(0, 0.35))
    tries = [random_colour(rng) for _ in range(4)]
    good = [c for c in tries if abs(lightness(c) - lightness(ground)) > READABLE]
    return good[0] if good else (WHITE if dark else BLACK)
