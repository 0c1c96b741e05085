"""How long a 12 MP photo takes: decode and detect, wall time, as the worker runs them."""

import os
import statistics
import time
from pathlib import Path
from typing import Any

from bench.photos import enlarged
from inference.detect import Detector
from inference.image import decode
from inference.runtime import Runtime

PHOTO, MEGAPIXELS = "cc0_022.jpg", 12.0  # 4:3, as phones take them
WARM_UP, REPEATS = 5, 30


def photo_times(folder: Path) -> dict[str, Any]:
    """Time the detector in a folder on one photo; milliseconds, medians."""
    cores = os.cpu_count() or 1
    model = Runtime(threads=cores, streams=cores).load(folder)
    detector = Detector(model, model.card)
    jpeg = enlarged(PHOTO, MEGAPIXELS)
    times = [_once(jpeg, detector) for _ in range(WARM_UP + REPEATS)][WARM_UP:]
    decoding, detecting = ([each[part] for each in times] for part in range(2))
    return {
        "median": _ms(statistics.median(map(sum, times))),
        "worst": _ms(max(map(sum, times))),
        "decode": _ms(statistics.median(decoding)),
        "detect": _ms(statistics.median(detecting)),
        "repeats": REPEATS,
        "jpeg_bytes": len(jpeg),
    }


def _once(jpeg: bytes, detector: Detector) -> tuple[float, float]:
    """Seconds of decoding and of detecting."""
    began = time.perf_counter()
    pixels = decode(jpeg)
    decoded = time.perf_counter()
    detector.detect(pixels)
    return decoded - began, time.perf_counter() - decoded


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
