"""How many prices are read exactly right, whose tag it is, and what that costs.

Truth: 312 main prices and 148 tag-to-SKU pairs of the labelled photos (tests/data/README.md). Read
on the labelled boxes of the tags, and on those that the shipped detector finds; the detector has
learnt from these photos, reading and owners have not. CPU time on one thread, best of three.
Writes `bench/results/prices.json`.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rich.table import Table

from bench.accuracy.photos import SHELVES
from bench.platform import console, machine
from inference.card import model_folder
from inference.detect import Detector
from inference.image import decode
from inference.overlaps import ious
from inference.pyramid import Pyramid
from inference.read_tags import TagReader, TagText, load_tag_reader
from inference.recognise import PRICE_TAG
from inference.runtime import Runtime
from inference.shelves import arrange
from inference.tag_owner import tag_owners
from inference.types import Flags, Floats, Ids
from settings import Settings

RESULTS = Path(__file__).parent / "results/prices.json"
SAME = 0.5  # IoU from which on a found tag is the labelled one
SURE = 0.7  # what docs/reports.md calls fit to act on
RUNS = 3


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo and the truth of its tags and products."""

    name: str
    pixels: Pyramid
    ids: list[int]  # t, annotations of the tags
    tags: Floats  # (t, 4)
    prices: list[float | None]  # t, None = not legible
    products: Floats  # (n, 4)
    skus: list[str | None]  # n


def photos() -> list[Photo]:
    """The labelled photos that show a tag, in the order of the labels."""
    given = json.loads((SHELVES / "annotations.json").read_text("utf-8"))
    names = {category["name"]: category["id"] for category in given["categories"]}
    return [_photo(image, given["annotations"], names) for image in given["images"]]


def _photo(image: dict[str, Any], entries: list[dict[str, Any]], names: dict[str, int]) -> Photo:
    own = [entry for entry in entries if entry["image_id"] == image["id"] and not entry["iscrowd"]]
    tags = [entry for entry in own if entry["category_id"] == names["price_tag"]]
    products = [entry for entry in own if entry["category_id"] == names["product"]]
    return Photo(
        name=image["file_name"],
        pixels=Pyramid(decode((SHELVES / image["file_name"]).read_bytes())),
        ids=[entry["id"] for entry in tags],
        tags=_boxes(tags),
        prices=[entry.get("price") for entry in tags],
        products=_boxes(products),
        skus=[entry.get("sku") for entry in products],
    )


def _boxes(entries: list[dict[str, Any]]) -> Floats:
    boxes = np.array([entry["bbox"] for entry in entries], np.float32).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def measure() -> dict[str, float | int]:
    """All figures, and a table of what was read wrongly on the console."""
    runtime, settings = Runtime(threads=1), Settings()
    began = time.process_time()
    folders = model_folder(settings.text_finder), model_folder(settings.text_reader)
    reader = load_tag_reader(*folders, runtime)
    reader.warm_up()
    loading = time.process_time() - began
    model = runtime.load(model_folder(settings.detector))
    detector, seen = Detector(model, model.card), photos()
    labelled = [reader.read(photo.pixels, photo.tags) for photo in seen]
    _print_wrong(seen, labelled)
    found = [_found(detector, reader, photo) for photo in seen]
    total = sum(price is not None for photo in seen for price in photo.prices)
    owners = [_owners(photo) for photo in seen]
    return {
        "prices": total,
        "price_exact_labelled_boxes": _share(seen, labelled, total),
        "price_exact": _share(seen, found, total),
        "tags_found": sum(tag is not None for tags in found for tag in tags),
        "wrong_and_sure": _wrong_and_sure(seen, labelled),
        "pairs": sum(known for known, _ in owners),
        "tag_to_sku": round(sum(r for _, r in owners) / sum(k for k, _ in owners), 4),
        "cpu_ms_per_tag": _cost(reader, seen),
        "loading_cpu_seconds": round(loading, 2),
    }


def _found(detector: Detector, reader: TagReader, photo: Photo) -> list[TagText | None]:
    """What is read in the detector's box of each labelled tag; None = it found none."""
    found = detector.detect(photo.pixels)
    boxes = found.boxes[detector.labelled(found.labels, PRICE_TAG)]
    texts = reader.read(photo.pixels, boxes)
    overlap = ious(photo.tags, boxes) if len(boxes) else np.zeros((len(photo.tags), 1))
    best = overlap.argmax(axis=1).tolist()
    return [texts[b] if overlap[t, b] >= SAME else None for t, b in enumerate(best)]


def _right(photo: Photo, tags: list[TagText | None]) -> Flags:
    pairs = zip(photo.prices, tags, strict=True)
    return np.array([p is not None and _price(tag) == p for p, tag in pairs], np.bool_)


def _price(tag: TagText | None) -> float | None:
    return tag.prices[0].amount if tag and tag.prices else None


def _share(seen: list[Photo], read: list[Any], total: int) -> float:
    right = sum(int(_right(photo, tags).sum()) for photo, tags in zip(seen, read, strict=True))
    return round(right / total, 4)


def _wrong_and_sure(seen: list[Photo], read: list[list[TagText]]) -> int:
    """Prices that are wrong with a confidence of .7 or more."""
    return sum(
        tag.prices[0].confidence >= SURE
        for photo, tags in zip(seen, read, strict=True)
        for price, tag in zip(photo.prices, tags, strict=True)
        if price is not None and tag.prices and tag.prices[0].amount != price
    )


def _owners(photo: Photo) -> tuple[int, int]:
    """Hand-checked pairs of the photo, and how many of them are found by labelled boxes."""
    known = json.loads((SHELVES / "tag_skus.json").read_text("utf-8")).get(photo.name, {})
    size = photo.pixels.width, photo.pixels.height
    shelves = arrange(photo.products, photo.tags, size)
    owners: Ids = tag_owners(
        photo.products, shelves.shelf_index, photo.tags, shelves.tag_shelf_index
    )
    skus = [photo.skus[at] if at >= 0 else None for at in owners.tolist()]
    own = {str(tag): sku for tag, sku in zip(photo.ids, skus, strict=True)}
    return len(known), sum(own[tag] == sku for tag, sku in known.items())


def _cost(reader: TagReader, seen: list[Photo]) -> float:
    """CPU milliseconds per tag, networks prepared for all sizes before."""
    took: list[float] = []
    for _ in range(RUNS):
        began = time.process_time()
        for photo in seen:
            reader.read(photo.pixels, photo.tags)
        took.append(time.process_time() - began)
    return round(min(took) * 1000 / sum(len(photo.ids) for photo in seen), 2)


def _print_wrong(seen: list[Photo], read: list[list[TagText]]) -> None:
    table = Table("photo", "tag", "printed", "read", "confidence", "lines", title="Wrong prices")
    for photo, tags in zip(seen, read, strict=True):
        right = _right(photo, list(tags))
        for at, tag in enumerate(tags):
            if photo.prices[at] is not None and not right[at]:
                sure = f"{tag.prices[0].confidence:.2f}" if tag.prices else "-"
                lines = " | ".join(line.text for line in tag.lines)
                printed, got = str(photo.prices[at]), str(_price(tag))
                table.add_row(photo.name, str(photo.ids[at]), printed, got, sure, lines)
    console.print(table)


def main() -> None:
    """Measure, print, store."""
    figures = measure()
    console.print(figures)
    console.print(f"on {machine()}")
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")


if __name__ == "__main__":
    main()
