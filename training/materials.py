"""Fonts and pictures that packages and price labels are drawn with.

Both come from folders of the caller's choice and are never stored in the repository.
Without them everything still works: the letters are Pillow's own, the pictures clouds or food.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageFont

BOLD_WORDS = ("Bold", "Black", "Heavy", "lobster", "Lobster", "Bebas")
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Materials:
    """What a painter may use. Paths are sorted, so that a seed means the same everywhere."""

    fonts: tuple[str, ...] = ()
    bold_fonts: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = field(default=(), repr=False)

    def any_font(self, rng: np.random.Generator) -> str:
        """Choose a font for small print; "" is Pillow's own."""
        return _choose(rng, self.fonts)

    def bold_font(self, rng: np.random.Generator) -> str:
        """Choose a font for logos and prices; "" is Pillow's own."""
        return _choose(rng, self.bold_fonts or self.fonts)


def load_materials(fonts: Path, pictures: Path) -> Materials:
    """List the fonts and pictures below two folders.

    Raises:
        FileNotFoundError: when a folder holds none.
    """
    shots = tuple(_below(pictures, PICTURE_SUFFIXES))
    if not shots:
        raise FileNotFoundError(f"no pictures in {pictures}")
    return replace(load_fonts(fonts), pictures=shots)


def load_fonts(fonts: Path) -> Materials:
    """List the fonts below a folder; labels then have no pictures.

    Raises:
        FileNotFoundError: when the folder holds none.
    """
    found = sorted({p.name: str(p) for p in _below(fonts, {".ttf", ".otf"})}.items())
    names = tuple(path for _, path in found)
    if not names:
        raise FileNotFoundError(f"no fonts in {fonts}")
    bold = tuple(n for n in names if any(word in Path(n).name for word in BOLD_WORDS))
    return Materials(names, bold)


@lru_cache(maxsize=4096)
def font(path: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Open a font at a size in pixels."""
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=1024)
def read_picture(path: Path) -> np.ndarray:
    """Read a picture: (h, w, 3) uint8 RGB."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def _below(folder: Path, suffixes: set[str]) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in suffixes)


def _choose(rng: np.random.Generator, paths: tuple[str, ...]) -> str:
    return paths[int(rng.integers(len(paths)))] if paths else ""
