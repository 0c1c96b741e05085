"""The palette of an embedder: the colours that drawn packages show, as they look on a shelf.

`python -m training.palette inference/models/<embedder> --fonts DIR` writes it into the card, with
how colours and shape join the network's answer. Needs no torch and no photo.
"""

import argparse
import tomllib
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from inference.appearance import COLUMNS, ROWS
from inference.card import CARD
from training.card import toml
from training.materials import Materials, load_fonts
from training.packages import package_library
from training.shelf_crops import shelf_crop

COLOURS = 63  # of two zones: with the shape 128 numbers
APPEARANCE = {
    "network": 0.5,
    "shape": 0.8,
    "turn": 0.8,
    "lightness": 0.12,
    "spread": 2.0,
    "zones": [-0.45, 0.45],
    "reach": [0.4, 0.6],
}  # chosen on photos of all groups; the ablation in training/README.md says what each is worth
LIBRARY_SEED, BRANDS, CROPS, PASSES = 7, 150, 1200, 30


def palette(pixels: np.ndarray, lightness: float) -> np.ndarray:
    """Choose the colours that stand for all: (COLOURS, 3) CIE Lab.

    Args:
        pixels: (n, 3) CIE Lab.
        lightness: what it counts against hue and strength.

    Source: Lloyd, Least squares quantization in PCM, 1982.
    """
    scale = np.array([lightness, 1, 1])
    seen = pixels * scale
    centres = seen[np.random.default_rng(0).choice(len(seen), COLOURS, replace=False)]
    for _ in range(PASSES):
        own = ((centres**2).sum(1) - 2 * seen @ centres.T).argmin(1)
        counts = np.bincount(own, minlength=COLOURS)[:, None]
        sums = np.stack([np.bincount(own, part, COLOURS) for part in seen.T], 1)
        centres = np.where(counts, sums / np.maximum(counts, 1), centres)
    return centres / scale


def drawn_colours(materials: Materials) -> np.ndarray:
    """(n, 3) CIE Lab of the pixels of drawn products on shelves."""
    library = package_library(LIBRARY_SEED, BRANDS, materials)
    rng = np.random.default_rng(1)
    chosen = rng.integers(len(library), size=CROPS).tolist()
    crops = [shelf_crop(rng, library[number], library) for number in chosen]
    size = COLUMNS, ROWS
    small = np.stack([cv2.resize(crop, size, interpolation=cv2.INTER_AREA) for crop in crops])
    few = small.reshape(1, -1, 3)[:, ::29]
    return cv2.cvtColor(few.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]


@cache
def _drawn_palette(materials: Materials) -> np.ndarray:
    return palette(drawn_colours(materials), APPEARANCE["lightness"])


def add_appearance(folder: Path, materials: Materials) -> None:
    """Write the section `[appearance]` of the folder's card anew."""
    card = tomllib.loads((folder / CARD).read_text("utf-8"))
    found = _drawn_palette(materials)
    rounded = [[round(float(value), 1) for value in colour] for colour in found]
    more = {**APPEARANCE, "palette": sorted(rounded)}
    rest = {key: value for key, value in card.items() if key not in {"appearance", "training"}}
    whole = {**rest, "appearance": more, "training": card.get("training", {})}
    (folder / CARD).write_text(toml(whole), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.palette", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fonts", type=Path, required=True, help="folder of .ttf and .otf files")
    asked = parser.parse_args()
    add_appearance(asked.folder, load_fonts(asked.fonts))
