"""Silhouettes and round bodies: how wide a package is at each height, and its shading."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

Profile = Callable[[np.ndarray], np.ndarray]  # y 0..1 from the top -> half width 0..1


@dataclass(frozen=True)
class RoundBody:
    """A turned body. All heights are shares of the whole, counted from the top."""

    profile: Profile
    cap: tuple[float, float]
    label: tuple[float, float]


def round_body(kind: str, rng: np.random.Generator) -> RoundBody:
    """Choose the body of a can, jar, tub, cup, tube, spray or bottle."""
    neck, shoulder = rng.uniform(0.2, 0.45), rng.uniform(0.08, 0.2)
    narrow = rng.uniform(0.25, 0.5)
    bodies = {
        "can": RoundBody(_can, (0, 0.04), (0.045, 0.965)),
        "jar": RoundBody(_jar, (0, 0.17), (0.3, 0.92)),
        "tub": RoundBody(
            lambda y: np.where(y < 0.08, 1, 0.98 - 0.2 * (y - 0.08)), (0, 0.08), (0.1, 0.95)
        ),
        "cup": RoundBody(lambda y: 0.97 - 0.22 * y, (0, 0.05), (0.06, 0.96)),
        "tube": RoundBody(
            lambda y: np.where(y < 0.85, 0.98 - 0.15 * y, 0.62), (0.85, 1), (0.06, 0.82)
        ),
        "spray": RoundBody(
            _shouldered(0.3, neck * 0.7, 0.12), (0, neck * 0.6), (neck + 0.08, 0.93)
        ),
        "bottle": RoundBody(
            _shouldered(narrow, neck, shoulder),
            (0, rng.uniform(0.05, 0.12)),
            (neck + rng.uniform(0.02, 0.15), rng.uniform(0.82, 0.96)),
        ),
    }
    return bodies[kind]


def silhouette(profile: Profile, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Fill a profile.

    Returns:
        mask: (height, width) float32, 0..1, soft at the rim.
        half_widths: (height,) float64, pixels.
    """
    half_widths = profile(np.linspace(0, 1, height)) * width / 2
    distance = np.abs(np.arange(width) + 0.5 - width / 2)
    mask = np.clip(half_widths[:, None] - distance[None] + 0.5, 0, 1)
    return mask.astype(np.float32), half_widths


def wrap_around(label: np.ndarray) -> np.ndarray:
    """Show half of a label as if it lay around a cylinder seen from the front."""
    height, width = label.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)
    source = (np.arcsin(across) / np.pi + 0.5) * (width - 1)
    sag = np.sqrt(1 - across**2) * height * 0.02
    map_x = np.repeat(source[None], height, 0).astype(np.float32)
    map_y = (np.arange(height)[:, None] + sag[None]).astype(np.float32)
    return cv2.remap(label, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def round_shading(
    rng: np.random.Generator, half_widths: np.ndarray, width: int, gloss: float
) -> tuple[np.ndarray, np.ndarray]:
    """Light on a turned body.

    Returns:
        shade: (height, width) factor on the colour.
        highlight: (height, width) share of white to add.
    """
    across = (np.arange(width) + 0.5 - width / 2)[None] / np.maximum(half_widths[:, None], 1)
    across = np.clip(across, -1, 1)
    shade = 0.45 + 0.6 * np.sqrt(1 - across**2)
    centre, spread = rng.uniform(-0.5, 0.5), rng.uniform(0.06, 0.15)
    return shade, gloss * np.exp(-(((across - centre) / spread) ** 2))


def _can(y: np.ndarray) -> np.ndarray:
    return 0.93 + 0.05 * np.minimum(1, np.minimum(y, 1 - y) * 18)


def _jar(y: np.ndarray) -> np.ndarray:
    return np.where(y < 0.16, 0.88, np.where(y < 0.19, 0.9, 0.98))


def _shouldered(narrow: float, end: float, length: float) -> Profile:
    """Neck of half width `narrow` that widens to 0.96 over `length`, ending at `end`."""

    def profile(y: np.ndarray) -> np.ndarray:
        way = np.clip((y - end + length) / length, 0, 1)
        return narrow + (0.96 - narrow) * (0.5 - 0.5 * np.cos(np.pi * way))

    return profile
