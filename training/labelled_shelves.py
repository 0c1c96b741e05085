"""Real shelf photos with hand-made truth, for judging only: a folder with `annotations.json`.

COCO format; categories are found by name (product, price_tag, the rest is left out), `iscrowd`
marks regions where nothing counts, products may carry a `sku`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.accuracy.photos import LABELS
from training.detector_figures import LabelledPhoto


@dataclass(frozen=True)
class RealPhoto:
    """One labelled photo.

    Attributes:
        name: its file name.
        truth: pixels, boxes, labels, ignored.
        skus: one per box, "" = none or not known.
    """

    name: str
    truth: LabelledPhoto
    skus: tuple[str, ...]


def labelled_shelves(folder: Path) -> Iterator[RealPhoto]:
    """Read the photos one after another, in order of their names."""
    given = json.loads((folder / "annotations.json").read_text())
    names = {category["id"]: category["name"] for category in given["categories"]}
    boxes: dict[int, list[dict]] = defaultdict(list)
    for entry in given["annotations"]:
        if names[entry["category_id"]] in LABELS:
            label = LABELS.index(names[entry["category_id"]])
            boxes[entry["image_id"]].append({**entry, "label": label})
    for image in sorted(given["images"], key=lambda image: image["file_name"]):
        yield _photo(folder / image["file_name"], boxes[image["id"]])


def _photo(path: Path, entries: list[dict]) -> RealPhoto:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1]
    corners = np.array([entry["bbox"] for entry in entries], np.float64).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    truth = LabelledPhoto(
        photo=np.ascontiguousarray(pixels),
        boxes=corners,
        labels=np.array([entry["label"] for entry in entries], np.int64),
        ignored=np.array([bool(entry.get("iscrowd")) for entry in entries]),
    )
    return RealPhoto(path.name, truth, tuple(entry.get("sku") or "" for entry in entries))
