"""Patterns that two colours of a label are blended by.

Each takes random numbers and x, y running 0..1 over the label, (h, w) float32, and returns the
share of the second colour, 0..1.
"""

import numpy as np

from training.textures import cloud


def pattern(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Choose a pattern and draw it; hard horizontal splits are frequent on purpose."""
    return PATTERNS[int(rng.integers(len(PATTERNS)))](rng, x, y)


def plain(_: np.random.Generator, x: np.ndarray, __: np.ndarray) -> np.ndarray:
    """One colour."""
    return np.zeros_like(x)


def fade(_: np.random.Generator, __: np.ndarray, y: np.ndarray) -> np.ndarray:
    """From top to bottom."""
    return y


def slant(_: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """From corner to corner."""
    return (x + y) / 2


def glow(_: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """From the middle outwards."""
    return np.clip(np.hypot(x - 0.5, y - 0.5) * 1.5, 0, 1)


def split(rng: np.random.Generator, _: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One hard horizontal edge: where a detector likes to cut a package in two."""
    return (y > rng.uniform(0.2, 0.8)).astype(np.float32)


def bands(rng: np.random.Generator, _: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Several hard horizontal edges."""
    edges = np.sort(rng.uniform(0.1, 0.9, int(rng.integers(2, 5))))
    return (np.searchsorted(edges, y) % 2).astype(np.float32)


def stripes(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Upright or leaning stripes."""
    steps = x * rng.integers(3, 10) + y * rng.integers(-4, 5)
    return (steps % 1 > 0.5).astype(np.float32)


def clouds(rng: np.random.Generator, x: np.ndarray, _: np.ndarray) -> np.ndarray:
    """Smooth noise."""
    return cloud(rng, *x.shape)


PATTERNS = (plain, plain, fade, slant, glow, split, split, bands, bands, stripes, clouds)
