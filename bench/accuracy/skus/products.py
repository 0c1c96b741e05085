"""Photos of single products: a folder with `manifest.csv`, one line per photo."""

import csv
from dataclasses import dataclass
from pathlib import Path

PRODUCTS = Path(__file__).parents[3] / "tests/data/products"


@dataclass(frozen=True)
class ProductPhoto:
    """A photo that shows one product, in a hand or on a shelf."""

    path: Path
    sku: str


def product_photos(folder: Path = PRODUCTS) -> list[ProductPhoto]:
    """Read the manifest, in order of the file names."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["file"])
    return [ProductPhoto(folder / row["file"], row["sku"]) for row in rows]
