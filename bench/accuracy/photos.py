"""The labelled photos: a folder with `annotations.json` (COCO) and `shelf_lines.json`."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.types import Flags, Floats, Ints

SHELVES = Path(__file__).parents[2] / "tests/data/shelves"
LABELS = ("product", "price_tag", "gap")
PRODUCT, PRICE_TAG, GAP = range(len(LABELS))


@dataclass(frozen=True, eq=False)
class LabelledShelf:
    """A photo's truth. A region where nothing counts is there once for every label."""

    path: Path
    scene: str
    domain: str
    width: int
    height: int
    boxes: Floats  # (n, 4)
    labels: Ints  # (n,) index into LABELS
    ignored: Flags  # (n,) regions where nothing counts
    skus: tuple[str, ...]  # n slugs, "" = none, or nobody could name it
    lines: Floats  # (k, 4) x1 y1 x2 y2, under the products, from left to right

    @property
    def name(self) -> str:
        """Its file name."""
        return self.path.name

    def of(self, label: int) -> Floats:
        """The labelled boxes of one label, in their order."""
        return self.boxes[(self.labels == label) & ~self.ignored]

    @property
    def facing_skus(self) -> tuple[str, ...]:
        """The SKU of each box of `of(PRODUCT)`, "" = nobody could name it."""
        facing = (self.labels == PRODUCT) & ~self.ignored
        return tuple(sku for sku, counts in zip(self.skus, facing, strict=True) if counts)


def labelled_shelves(folder: Path = SHELVES) -> list[LabelledShelf]:
    """Read the truth of all photos, in order of their names."""
    given = json.loads((folder / "annotations.json").read_text("utf-8"))
    lines = json.loads((folder / "shelf_lines.json").read_text("utf-8"))
    names = {category["id"]: category["name"] for category in given["categories"]}
    entries: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in given["annotations"]:
        own = [LABELS.index(names[entry["category_id"]])]
        labels = range(len(LABELS)) if entry["iscrowd"] else own
        entries[entry["image_id"]] += [{**entry, "label": label} for label in labels]
    images = sorted(given["images"], key=lambda image: image["file_name"])
    return [_shelf(folder, i, entries[i["id"]], lines[i["file_name"]]) for i in images]


def _shelf(
    folder: Path, image: dict[str, Any], entries: list[dict[str, Any]], lines: list[list[float]]
) -> LabelledShelf:
    boxes = np.array([entry["bbox"] for entry in entries], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    return LabelledShelf(
        path=folder / image["file_name"],
        scene=image["scene"],
        domain=image["domain"],
        width=image["width"],
        height=image["height"],
        boxes=boxes,
        labels=np.array([entry["label"] for entry in entries], np.int32),
        ignored=np.array([bool(entry["iscrowd"]) for entry in entries], np.bool_),
        skus=tuple(entry.get("sku") or "" for entry in entries),
        lines=np.array(lines, np.float32).reshape(-1, 4),
    )
