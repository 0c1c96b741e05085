"""JPEG files for tests."""

import io
from typing import Any

import numpy as np
from PIL import Image


def jpeg(pixels: np.ndarray, mode: str = "RGB", **options: Any) -> bytes:
    """Encode, by default nearly without loss."""
    buffer = io.BytesIO()
    settings = {"quality": 100, "subsampling": 0} | options
    Image.fromarray(pixels).convert(mode).save(buffer, "JPEG", **settings)
    return buffer.getvalue()


def blocks(width: int, height: int, seed: int = 1) -> np.ndarray:
    """A picture of coloured 8 x 8 blocks, no two quarters alike."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (-(-height // 8), -(-width // 8), 3), np.uint8)
    return np.repeat(np.repeat(coarse, 8, 0), 8, 1)[:height, :width]
