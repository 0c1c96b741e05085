"""What is looked up: facings of the labelled shelves and product photos, embedded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench.accuracy.photos import PRODUCT, LabelledShelf
from bench.accuracy.skus.products import ProductPhoto
from bench.accuracy.skus.runs import runs
from inference.identify import Embedder
from inference.image import decode
from inference.neighbours import says
from inference.types import Floats, Ids


@dataclass(frozen=True, eq=False)
class Items:
    """Pictures of SKUs, one row each; a SKU's number is its place in `names`."""

    names: tuple[str, ...]
    skus: Ids  # (n,)
    runs: Ids  # (n,) a number per run of facings; a product photo is a run of its own
    photos: tuple[Path, ...]  # n
    boxes: Floats  # (n, 4) in the photo
    scenes: tuple[str, ...]  # n, "" for product photos


@dataclass(frozen=True, eq=False)
class Embedded:
    """Items and what an embedder makes of them."""

    items: Items
    vectors: Floats  # (n, dimensions)
    says: Floats | None = None  # (n, n) what each says of each; None = nobody of another one


def facings(photos: Sequence[LabelledShelf]) -> Items:
    """All labelled facings whose SKU is known, photo by photo."""
    named = [np.flatnonzero(np.array(photo.facing_skus, object) != "") for photo in photos]
    pairs = list(zip(photos, named, strict=True))
    slugs = [photo.facing_skus[i] for photo, own in pairs for i in own]
    numbered = [runs(photo)[own] for photo, own in pairs]
    first = np.cumsum([0, *(int(each.max(initial=-1)) + 1 for each in numbered)])
    names, skus = np.unique(slugs, return_inverse=True)
    return Items(
        names=tuple(names.tolist()),
        skus=skus.astype(np.int64),
        runs=np.concatenate([each + at for each, at in zip(numbered, first[:-1], strict=True)]),
        photos=tuple(photo.path for photo, own in pairs for _ in own),
        boxes=np.concatenate([photo.of(PRODUCT)[own] for photo, own in pairs]),
        scenes=tuple(photo.scene for photo, own in pairs for _ in own),
    )


def products(photos: Sequence[ProductPhoto]) -> Items:
    """Every product photo, as a whole: none has a plain ground for the platform to cut away."""
    names, skus = np.unique([photo.sku for photo in photos], return_inverse=True)
    sizes = [_size(photo.path) for photo in photos]
    return Items(
        names=tuple(names.tolist()),
        skus=skus.astype(np.int64),
        runs=np.arange(len(photos)),
        photos=tuple(photo.path for photo in photos),
        boxes=np.array([(0, 0, *size) for size in sizes], np.float32),
        scenes=("",) * len(photos),
    )


def embedded(items: Items, embedder: Embedder) -> Embedded:
    """Embed every item, and see which are neighbours; a photo is decoded once."""
    vectors = np.zeros((len(items.skus), embedder.card.dimensions), np.float32)
    say = np.eye(len(vectors), dtype=np.float32)
    for path in dict.fromkeys(items.photos):
        own = np.flatnonzero([photo == path for photo in items.photos])
        vectors[own] = embedder.embed(decode(path.read_bytes()), items.boxes[own])
        if embedder.card.neighbours:
            near = says(vectors[own], items.boxes[own], embedder.card.neighbours)
            say[np.ix_(own, own)] = near
    return Embedded(items, vectors, say)


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as photo:
        return photo.size
