"""Surfaces: clouds of noise and cut-outs of pictures."""

import cv2
import numpy as np

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
        tint = rng.uniform(60, 255, 3)
        return (cloud(rng, height, width)[..., None] * tint).astype(np.uint8)
    whole = read_picture(materials.pictures[int(rng.integers(len(materials.pictures)))])
    piece = _random_piece(rng, whole, width / height)
    return cv2.resize(piece, (width, height), interpolation=cv2.INTER_AREA)


def _random_piece(rng: np.random.Generator, whole: np.ndarray, ratio: float) -> np.ndarray:
    """Cut a piece of the given width / height ratio, 35..90 % of the height if it fits."""
    rows, columns = whole.shape[:2]
    high = int(rows * rng.uniform(0.35, 0.9))
    wide = int(min(columns, max(8, high * ratio)))
    high = max(8, int(min(high, wide / ratio)))
    top, left = rng.integers(rows - high + 1), rng.integers(columns - wide + 1)
    return np.ascontiguousarray(whole[top : top + high, left : left + wide])


def shrunk(photo: np.ndarray, long_side: int) -> np.ndarray:
    """Scale a picture to a long side, aspect kept; averages when it gets smaller."""
    scale = long_side / max(photo.shape[:2])
    size = round(photo.shape[1] * scale), round(photo.shape[0] * scale)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(photo, size, interpolation=how)
