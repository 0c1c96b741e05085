"""How many facings that several photos show are found again, what joins wrongly, and what it costs.

Truth: 68 pairs of facings of overlapping labelled photos, `tests/data/shelves/duplicates.json`, two
scenes among them whose photos only look as if they overlapped. Judged on what the shipped models
find, and on the labelled boxes. CPU time on one thread, best of three. Writes
`bench/results/duplicates.json`.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rich.table import Table

from bench.accuracy.photos import (
    LABELS,
    PRICE_TAG,
    PRODUCT,
    SHELVES,
    LabelledShelf,
    labelled_shelves,
)
from bench.platform import console, machine
from inference.card import model_folder
from inference.detect import Detector
from inference.duplicates import View, group
from inference.identify import Embedder
from inference.image import decode
from inference.keypoints import find_keypoints
from inference.overlaps import ious
from inference.runtime import Runtime
from inference.shelves import arrange
from inference.stitch import find_overlaps, stitch
from inference.types import Floats, Keypoints, Pixels
from settings import Settings

RESULTS = Path(__file__).parent / "results/duplicates.json"
SAME = 0.5  # IoU from which on a found box is the labelled one
RUNS = 3

Box = tuple[int, int]  # photo of the scene, labelled facing of the photo
Pair = tuple[Box, Box]


@dataclass(frozen=True)
class Scene:
    """Photos taken of one place, and the facings that several of them show."""

    name: str
    photos: list[LabelledShelf]
    pairs: set[Pair]

    def pixels(self, number: int, at_least: int = 0) -> Pixels:
        """A photo, decoded at this size or more."""
        return decode(self.photos[number].path.read_bytes(), at_least=at_least)

    def points(self) -> list[Keypoints]:
        """Of each photo."""
        return [find_keypoints(self.pixels(number)) for number in range(len(self.photos))]


@dataclass(frozen=True)
class Verdict:
    """Pairs of facings of one scene."""

    right: int
    wrong: int
    missed: int


def scenes() -> list[Scene]:
    """The scenes of `duplicates.json`."""
    shelves = {photo.name: photo for photo in labelled_shelves()}
    facings = _facings()
    given = json.loads((SHELVES / "duplicates.json").read_text("utf-8"))["scenes"]
    return [_scene(one, [shelves[name] for name in one["photos"]], facings) for one in given]


def _scene(
    given: dict[str, Any], photos: list[LabelledShelf], facings: dict[int, tuple[str, int]]
) -> Scene:
    order = {photo.name: number for number, photo in enumerate(photos)}
    pairs = set[Pair]()
    for ids in given["facings"]:
        boxes = sorted((order[name], row) for name, row in (facings[one] for one in ids))
        pairs |= set(combinations(boxes, 2))
    return Scene(given["scene"], photos, pairs)


def _facings() -> dict[int, tuple[str, int]]:
    """Photo, and row among its labelled facings, of each annotation of a product."""
    labels = json.loads((SHELVES / "annotations.json").read_text("utf-8"))
    product = next(c["id"] for c in labels["categories"] if c["name"] == LABELS[PRODUCT])
    names = {image["id"]: image["file_name"] for image in labels["images"]}
    counts, found = Counter[str](), dict[int, tuple[str, int]]()
    for entry in labels["annotations"]:
        if entry["category_id"] == product and not entry["iscrowd"]:
            name = names[entry["image_id"]]
            found[entry["id"]] = name, counts[name]
            counts[name] += 1
    return found


class Looks:
    """What the shipped models, or people, see in a photo."""

    def __init__(self) -> None:
        runtime, settings = Runtime(threads=1), Settings()
        detector = runtime.load(model_folder(settings.detector))
        embedder = runtime.load(model_folder(settings.embedder))
        self._detector = Detector(detector, detector.card)
        self._embedder = Embedder(embedder, embedder.card)

    def found(self, photo: LabelledShelf) -> View:
        """What the shipped detector finds."""
        pixels = decode(photo.path.read_bytes())
        found = self._detector.detect(pixels)
        products = self._detector.labelled(found.labels, LABELS[PRODUCT])
        tags = self._detector.labelled(found.labels, LABELS[PRICE_TAG])
        boxes, size = found.boxes[products], (photo.width, photo.height)
        lines = arrange(boxes, found.boxes[tags], size, found.scores[products]).lines
        return self._view(photo, pixels, boxes, lines)

    def labelled(self, photo: LabelledShelf) -> View:
        """The labelled facings."""
        pixels = decode(photo.path.read_bytes())
        return self._view(photo, pixels, photo.of(PRODUCT), photo.lines)

    def _view(self, photo: LabelledShelf, pixels: Pixels, boxes: Floats, lines: Floats) -> View:
        vectors = self._embedder.embed(pixels, boxes)
        unnamed = np.zeros(len(boxes), np.float32)
        return View(photo.width, photo.height, boxes, vectors, unnamed, lines)


def judge(scene: Scene, views: list[View]) -> Verdict:
    """Compare the pairs found with the truth.

    A pair of boxes counts where both are boxes of labelled facings; a pair of the truth counts
    where both its facings were found.
    """
    labelled = [_labelled(view, photo) for view, photo in zip(views, scene.photos, strict=True)]
    facings = group(views, find_overlaps(scene.points()))
    rows = [
        (int(number), (photo, labels[box]))
        for photo, numbers in enumerate(facings)
        for box, number in enumerate(numbers)
        for labels in (labelled[photo],)
        if box in labels
    ]
    said = {(one, other) for (a, one), (b, other) in combinations(sorted(rows), 2) if a == b}
    there = {(photo, row) for photo, labels in enumerate(labelled) for row in labels.values()}
    wanted = {pair for pair in scene.pairs if set(pair) <= there}
    said = {(min(pair), max(pair)) for pair in said}
    return Verdict(len(said & wanted), len(said - wanted), len(wanted - said))


def _labelled(view: View, photo: LabelledShelf) -> dict[int, int]:
    """The labelled facing that each box shows, if any."""
    truth = photo.of(PRODUCT)
    if not len(view.boxes) or not len(truth):
        return {}
    overlap = ious(truth, view.boxes)
    best = overlap.argmax(axis=1)
    return {int(box): row for row, box in enumerate(best) if overlap[row, box] >= SAME}


def measure(looks: Looks) -> dict[str, float | int]:
    """All figures, and a table by scene on the console."""
    table = Table("scene", "photos", "pairs", "right", "wrong", "missed", "CPU ms", box=None)
    totals = {"found": np.zeros(3, int), "labelled": np.zeros(3, int)}
    spent = dict[str, float]()
    for scene in scenes():
        for name, look in (("found", looks.found), ("labelled", looks.labelled)):
            views = [look(photo) for photo in scene.photos]
            verdict = judge(scene, views)
            totals[name] += (verdict.right, verdict.wrong, verdict.missed)
            if name == "found":
                spent[scene.name] = min(_cost(scene, views) for _ in range(RUNS))
            row = (len(scene.photos), len(scene.pairs), verdict.right, verdict.wrong)
            cells = (*row, verdict.missed, f"{spent[scene.name]:.0f}")
            table.add_row(f"{scene.name}, {name}", *map(str, cells))
    console.print(table)
    return {
        "pairs": sum(len(scene.pairs) for scene in scenes()),
        **_rates("duplicates", *totals["found"].tolist()),
        **_rates("labelled_boxes", *totals["labelled"].tolist()),
        "pairs_of_found_facings": int(totals["found"][0] + totals["found"][2]),
        **{f"cpu_ms_{name}": round(milliseconds) for name, milliseconds in spent.items()},
    }


def _rates(name: str, right: int, wrong: int, missed: int) -> dict[str, float]:
    return {
        f"{name}_precision": round(right / (right + wrong), 4),
        f"{name}_recall": round(right / (right + missed), 4),
    }


def _cost(scene: Scene, views: list[View]) -> float:
    """CPU milliseconds for all that is done with a scene's photos together, decoding included."""
    began = time.process_time()
    stitch(views, scene.points(), scene.pixels)
    return (time.process_time() - began) * 1000


def main() -> None:
    """Measure, print and write."""
    figures = measure(Looks())
    for name, value in figures.items():
        console.print(f"{name}: {value}")
    kept = msgspec.json.encode({**figures, "machine": machine()})
    RESULTS.write_bytes(msgspec.json.format(kept) + b"\n")


if __name__ == "__main__":
    main()
