"""Surfaces: clouds of noise, cut-outs of pictures, pieces of food."""

import cv2
import numpy as np

from training.colours import random_colour
from training.materials import Materials, read_picture


def cloud(rng: np.random.Generator, height: int, width: int, octaves: int = 4) -> np.ndarray:
    """Draw smooth noise: (height, width) float32, 0..1, each octave half as strong."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = 2 ** (octave + 1) + 1
        grid = rng.random((cells, cells), dtype=np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    return (total - total.min()) / (np.ptp(total) + 1e-6)


def picture(rng: np.random.Generator, width: int, height: int, materials: Materials) -> np.ndarray:
    """Cut a random piece out of a random picture: (height, width, 3) uint8 RGB."""
    if not materials.pictures:
        if rng.random() < 0.5:
            return contents(rng, height, width)
        tint = rng.uniform(60, 255, 3)
        return (cloud(rng, height, width)[..., None] * tint).astype(np.uint8)
    whole = read_picture(materials.pictures[int(rng.integers(len(materials.pictures)))])
    piece = _random_piece(rng, whole, width / height)
    return cv2.resize(piece, (width, height), interpolation=cv2.INTER_AREA)


def _random_piece(rng: np.random.Generator, whole: np.ndarray, ratio: float) -> np.ndarray:
    """Cut a piece of the given width / height ratio, mostly from the middle, where the pack is."""
    rows, columns = whole.shape[:2]
    high = int(rows * rng.uniform(0.15, 0.6))
    wide = int(min(columns, max(8, high * ratio)))
    high = max(8, int(min(high, wide / ratio)))
    place = np.clip(rng.normal(0.5, 0.12, 2), 0, 1)
    top, left = int(place[0] * (rows - high)), int(place[1] * (columns - wide))
    return np.ascontiguousarray(whole[top : top + high, left : left + wide])


def contents(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Pieces of food close together (nuts, leaves, sweets): (height, width, 3) uint8 RGB."""
    colours = [np.array(random_colour(rng, white=0.1, black=0.05)) for _ in range(2)]
    sheet = np.zeros((height, width, 3), np.uint8)
    sheet[:] = (colours[0] * 0.35).astype(np.uint8)
    large = max(2.0, min(height, width) * rng.uniform(0.03, 0.14))
    flat = rng.uniform(0.25, 1)
    for _ in range(int(min(400, 2.2 * height * width / (large * large * flat * 4)))):
        centre = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        axes = max(1, int(large * rng.uniform(0.7, 1.3))), max(1, int(large * flat))
        colour = colours[int(rng.random() < 0.3)] * rng.uniform(0.6, 1.15)
        fill = tuple(int(v) for v in np.clip(colour, 0, 255))
        turn = rng.uniform(0, 180)
        cv2.ellipse(sheet, centre, axes, turn, 0, 360, fill, -1)
        light = tuple(int(v) for v in np.clip(colour * 1.3, 0, 255))
        cv2.ellipse(sheet, centre, axes, turn, 190, 300, light, max(1, axes[1] // 4))
    return sheet


def shrunk(photo: np.ndarray, long_side: int) -> np.ndarray:
    """Scale a picture to a long side, aspect kept; averages when it gets smaller."""
    scale = long_side / max(photo.shape[:2])
    size = round(photo.shape[1] * scale), round(photo.shape[0] * scale)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(photo, size, interpolation=how)
