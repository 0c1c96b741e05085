"""How often the quality gate sees what is wrong with a photo, and how often it sees what is not.

Real photos, each made worse in one way at a time (`bench.worsen`); screens are simulated. Then the
CPU time of the gate on a 12 MP photo, halves made by the detector before. Limit: 10 ms.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np
from rich.table import Table

from bench import worsen
from bench.photos import SHELVES
from bench.platform import console, machine
from inference.card import model_folder
from inference.detect import Detector
from inference.image import decode
from inference.pyramid import Pyramid
from inference.quality import measure_quality
from inference.reasons import REASONS, reasons
from inference.recognise import PRODUCT
from inference.runtime import Runtime
from inference.types import Pixels, Quality
from settings import Settings

Worsened = Callable[[Pixels, float], Pixels]
WAYS: tuple[tuple[str, str, Worsened, tuple[float, ...]], ...] = (  # reason, name, how, strengths
    ("BLURRED", "blur, sigma / long side", worsen.blur, (0.0005, 0.001, 0.002, 0.004, 0.01)),
    ("BLURRED", "sideways, way / long side", worsen.shake, (0.002, 0.004, 0.008, 0.016)),
    ("DARK", "stops less", lambda photo, by: worsen.expose(photo, -by), (1, 2, 3, 4)),
    ("OVEREXPOSED", "stops more", worsen.expose, (1, 2, 3)),
    ("TILTED", "degrees clockwise", worsen.rotate, (3, 6, 10, 20)),
    ("TOO_FAR", "as if so many times further", worsen.step_back, (2, 3, 4)),
    ("TOO_FAR", "so many times fewer pixels a side", worsen.shrink, (2, 4, 8)),
    ("TOO_NEAR", "as if so many times nearer", worsen.step_near, (2, 4, 6)),
    ("SCREEN", "camera pixels per screen pixel", worsen.show_on_screen, (1.5, 2, 2.5, 3, 4)),
)
HARMLESS: tuple[tuple[str, Worsened, float], ...] = (
    ("as they are", worsen.shrink, 1),
    ("saved again, JPEG quality 75", worsen.save, 75),
    ("saved again, JPEG quality 50", worsen.save, 50),
    ("1.25 times fewer pixels a side", worsen.shrink, 1.25),
    ("1.6 times fewer pixels a side", worsen.shrink, 1.6),
    ("turned by 2 degrees", worsen.rotate, 2),
)
RUNS = 20
TWELVE_MEGAPIXELS = (4032, 3024)


def main() -> None:
    """Measure every photo, as it is and worsened, and print the tables."""
    runtime = Runtime(threads=1)
    model = runtime.load(model_folder(Settings().detector))
    detector = Detector(model, model.card)
    photos = {path.name: decode(path.read_bytes()) for path in sorted(SHELVES.glob("*.jpg"))}
    _print_numbers({name: _measure(detector, photo) for name, photo in photos.items()})
    _print_alarms(detector, list(photos.values()))
    _print_detection(detector, list(photos.values()))
    _print_cost(detector, next(iter(photos.values())))
    console.print(f"{len(photos)} photos on {machine()}")


def _measure(detector: Detector, pixels: Pixels) -> Quality:
    photo = Pyramid(pixels)
    found = detector.detect(photo)
    products = found.boxes[detector.labelled(found.labels, PRODUCT)]
    return measure_quality(photo, products, capped=found.capped)


def _codes(quality: Quality) -> list[str]:
    return [reason.code for reason in reasons(quality)]


def _print_numbers(measured: dict[str, Quality]) -> None:
    numbers = ("sharpness", "edge_width", "brightness", "washed_out", "tilt_degrees")
    numbers += ("product_pixels", "product_share", "screen_score")
    table = Table("photo", *numbers, "reasons", title="Photos as they are")
    for name, quality in measured.items():
        values = (getattr(quality, number) for number in numbers)
        shown = ["-" if value is None else f"{value:.3g}" for value in values]
        table.add_row(name, *shown, " ".join(_codes(quality)))
    console.print(table)


def _print_alarms(detector: Detector, photos: list[Pixels]) -> None:
    """What is said about photos that nobody made worse, or not so that it matters."""
    table = Table("photos", *(reason.code for reason in REASONS), title="Harmless changes")
    for name, changed, by in HARMLESS:
        said = [code for photo in photos for code in _codes(_measure(detector, changed(photo, by)))]
        table.add_row(name, *(str(said.count(reason.code)) for reason in REASONS))
    console.print(table)


def _print_detection(detector: Detector, photos: list[Pixels]) -> None:
    table = Table("reason", "made worse by", "photos found", "besides", title="Photos made worse")
    for reason, name, worsened, strengths in WAYS:
        shares: list[str] = []
        besides: Counter[str] = Counter()
        for strength in strengths:
            said = [_codes(_measure(detector, worsened(photo, strength))) for photo in photos]
            found = sum(reason in codes for codes in said)
            shares.append(f"{strength:g}: {found / len(photos):.0%}")
            besides.update(code for codes in said for code in codes if code != reason)
        others = ", ".join(f"{code} {count}" for code, count in besides.most_common())
        table.add_row(reason, name, ", ".join(shares), others)
    console.print(table)


def _print_cost(detector: Detector, pixels: Pixels) -> None:
    photo = Pyramid(np.asarray(cv2.resize(pixels, TWELVE_MEGAPIXELS), np.uint8))
    found = detector.detect(photo)
    products = found.boxes[detector.labelled(found.labels, PRODUCT)]
    took: list[float] = []
    for _ in range(RUNS):
        began = time.thread_time()
        measure_quality(photo, products, capped=False)
        took.append((time.thread_time() - began) * 1000)
    console.print(
        f"{statistics.median(took):.1f} ms CPU for 12 MP (limit 10), {max(took):.1f} worst"
    )


if __name__ == "__main__":
    main()
