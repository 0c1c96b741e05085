"""Writing that looks like Kanji and Kana from afar: made of strokes, no font needed."""

import numpy as np
from PIL import ImageDraw

from training.colours import Colour
from training.lettering import Box

GRID = (0.08, 0.36, 0.64, 0.92)  # where strokes may begin and end, share of a sign


def write_signs(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    box: Box,
    colour: Colour,
    upright: bool = False,
) -> None:
    """Fill a box with one line of square signs, from left to right or from top to bottom."""
    wide, high = box[2] - box[0], box[3] - box[1]
    side = wide if upright else high
    if min(wide, high) < 4:
        return
    number = max(1, min(12, int((high if upright else wide) / side)))
    for index in range(number):
        x = box[0] if upright else box[0] + index * side
        y = box[1] + index * side if upright else box[1]
        _sign(rng, draw, (x, y, side), colour)


def _sign(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float, float],
    colour: Colour,
) -> None:
    """Some level and some upright strokes, now and then a slanting one or a frame."""
    x, y, side = place
    thick = max(1, round(side * 0.09))
    grid = np.array(GRID) * side
    for _ in range(int(rng.integers(4, 10))):
        first, last = sorted(rng.choice(4, 2, replace=False))
        across = grid[int(rng.integers(4))]
        a, b = grid[first], grid[last]
        line = (x + a, y + across, x + b, y + across)
        if rng.random() < 0.45:
            line = (x + across, y + a, x + across, y + b)
        elif rng.random() < 0.3:
            line = (x + a, y + across, x + b, y + grid[int(rng.integers(4))])
        draw.line(line, fill=colour, width=thick)
