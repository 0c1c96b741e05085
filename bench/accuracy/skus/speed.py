"""How long 500 crops take: cut out and embedded, two photos side by side as in the worker."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench.accuracy.photos import PRODUCT, labelled_shelves
from inference.identify import Embedder
from inference.image import decode
from inference.pyramid import Pyramid
from inference.runtime import Runtime

PHOTO, CROPS = "cc0_022.jpg", 500
WARM_UP, REPEATS = 2, 15


def embedding_times(folder: Path) -> dict[str, Any]:
    """Time the embedder in a folder; seconds, the best and the median."""
    cores = os.cpu_count() or 1
    model = Runtime(threads=cores, streams=cores).load(folder)
    embedder = Embedder(model, model.card)
    shelf = next(photo for photo in labelled_shelves() if photo.name == PHOTO)
    pixels = decode(shelf.path.read_bytes())
    boxes = np.resize(shelf.of(PRODUCT), (CROPS, 4))
    with ThreadPoolExecutor(cores) as threads:
        times: list[float] = []
        for _ in range(WARM_UP + REPEATS):
            photos = [Pyramid(pixels) for _ in range(cores)]
            began = time.perf_counter()
            list(threads.map(embedder.embed, photos, np.array_split(boxes, cores)))
            times.append(time.perf_counter() - began)
    counted = np.array(times[WARM_UP:])
    return {
        "best": round(float(counted.min()), 3),
        "median": round(float(np.median(counted)), 3),
        "crops": CROPS,
        "threads": cores,
        "repeats": REPEATS,
    }
