"""Photos as large as a camera's, made from the smaller ones of the repository."""

from pathlib import Path

import cv2
import simplejpeg

from inference.image import decode

SHELVES = Path(__file__).parents[1] / "tests/data/shelves"
CANS = ["jp_20250529_034303-359.jpg", "jp_20250529_034321-360.jpg"]  # two overlapping photos
QUALITY = 88  # 12 MP then have 2 to 4 MB, as those of a phone


def enlarged(name: str, megapixels: float) -> bytes:
    """Enlarge a photo of the repository to so many megapixels, as a JPEG."""
    pixels = decode((SHELVES / name).read_bytes())
    height, width = pixels.shape[:2]
    factor = (megapixels * 1e6 / (height * width)) ** 0.5
    size = round(width * factor), round(height * factor)
    larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    return simplejpeg.encode_jpeg(larger, QUALITY, "RGB", "420")


def enlarged_cans(folder: Path) -> list[Path]:
    """Write both photos of the cans at 8 MP into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in CANS]
    for path in paths:
        path.write_bytes(enlarged(path.name, 8.3))
    return paths
