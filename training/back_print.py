"""The back of a label: ingredients, a table, a barcode; and turning a label to show some of it."""

import numpy as np
from PIL import Image, ImageDraw

from training.colours import Colour, lightness

TEXT_ROWS = 26


def turned_about(front: np.ndarray, back: np.ndarray, turn: float, axis: int) -> np.ndarray:
    """Show the half of a round label that faces the camera after a turn.

    Args:
        front: (h, w, 3) uint8, the half seen at turn 0.
        back: the same shape, the other half.
        turn: share of the whole way round.
        axis: 1 when it turns about an upright axis, 0 about a level one.
    """
    if not turn:
        return front
    around = np.concatenate([front, back], axis)
    shifted = np.roll(around, round(turn * around.shape[axis]), axis)
    return np.ascontiguousarray(np.take(shifted, range(front.shape[axis]), axis))


def back_print(rng: np.random.Generator, size: tuple[int, int], ground: Colour) -> np.ndarray:
    """Blocks of small print with a barcode: (h, w, 3) uint8 RGB; `size` is width and height."""
    width, height = size
    sheet = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(sheet)
    ink = (40, 40, 45) if lightness(ground) > 120 else (225, 225, 220)
    step = max(3, max(size) // TEXT_ROWS)
    for _ in range(int(rng.integers(1, 4))):
        x1, y1 = rng.uniform(0.05, 0.5) * width, rng.uniform(0.05, 0.5) * height
        x2, y2 = x1 + rng.uniform(0.2, 0.5) * width, y1 + rng.uniform(0.2, 0.6) * height
        for y in np.arange(y1, y2, step):
            draw.line((x1, y, x1 + (x2 - x1) * rng.uniform(0.7, 1), y), ink, max(1, step // 3))
    _barcode(rng, draw, size)
    return np.array(sheet)


def _barcode(rng: np.random.Generator, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """Dark bars on a white field."""
    width, height = size
    wide = min(width * 0.4, height * 0.6)
    x, y = rng.uniform(0.1, 0.9) * (width - wide), rng.uniform(0.1, 0.9) * (height - wide * 0.6)
    draw.rectangle((x, y, x + wide, y + wide * 0.6), fill=(245, 245, 243))
    for bar in np.arange(x + wide * 0.08, x + wide * 0.92, max(2.0, wide / 22)):
        draw.line(
            (bar, y + wide * 0.06, bar, y + wide * 0.5), (20, 20, 20), int(rng.integers(1, 3))
        )
