"""Unknown products: how well facings that look alike are put together, and how fast.

How well: the labelled facings of `tests/data/shelves`, as if nobody knew any of them, each group by
an embedder that never saw it, for several values of `thresholds.same` of the card. How fast: the
flow's function on 100,000 facings, from reading their embeddings to writing their products. Limit:
a minute on 2 cores.

Source of the figures: B-cubed precision and recall, Bagga and Baldwin, Algorithms for scoring
coreference chains, 1998; means over facings.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from rich.table import Table

from bench.accuracy.folds import HELD_OUT
from bench.accuracy.photos import PRODUCT, LabelledShelf, labelled_shelves
from bench.accuracy.skus.groups import groups, judges
from bench.platform import console, machine
from flows.cluster_unknown import update_products
from flows.resources import Resources, now
from inference.card import model_folder
from inference.clusters import cluster
from inference.identify import Embedder
from inference.image import decode
from inference.types import Floats, Ids
from inference.vectors import normalise
from settings import Settings
from storage import doubts, facts, images, migrate, scenes
from storage.doubts import UNKNOWN, Doubt
from storage.scenes import NewScene

THRESHOLDS = (0.85, 0.88, 0.92, 0.94)
FACINGS, PER_SCENE = 100_000, 40
NOISE = 0.33  # length of what is added to make another view: two are then at a cosine of 0.9


def main() -> None:
    """Print how well and how fast."""
    with tempfile.TemporaryDirectory(prefix="gondola-bench-") as folder:
        tools = Resources(Settings(data=folder))
        shelves = labelled_shelves()
        _print_quality(_judged(tools, shelves), tools.embedder_card.thresholds.same)
        _print_speed(tools, _labelled(tools.embedder(), shelves)[0])


def _judged(tools: Resources, shelves: Sequence[LabelledShelf]) -> list[tuple[Floats, Ids]]:
    """The facings of each group, as an embedder sees them that never saw the group."""
    found = judges(HELD_OUT, model_folder(tools.settings.embedder), groups(), shelves)
    return [
        _labelled(
            tools.embedder(str(judge.folder)),
            [shelf for shelf in shelves if shelf.scene in group.scenes],
        )
        for judge in found
        for group in judge.groups
    ]


def _labelled(embedder: Embedder, shelves: Sequence[LabelledShelf]) -> tuple[Floats, Ids]:
    """Every facing whose SKU is known, and a number for its SKU."""
    vectors: list[Floats] = []
    slugs: list[str] = []
    for shelf in shelves:
        known = np.array([bool(sku) for sku in shelf.facing_skus], np.bool_)
        photo = decode(shelf.path.read_bytes())
        vectors.append(embedder.embed(photo, shelf.of(PRODUCT)[known]))
        slugs += [sku for sku in shelf.facing_skus if sku]
    return np.concatenate(vectors), np.unique(slugs, return_inverse=True)[1]


def _print_quality(seen: Sequence[tuple[Floats, Ids]], shipped: float) -> None:
    counts = np.array([len(skus) for _, skus in seen])
    products = sum(len(np.unique(skus)) for _, skus in seen)
    table = Table(title=f"{counts.sum()} facings of {products} SKUs, as if nobody knew any")
    for column in ("same", "products", "precision", "recall"):
        table.add_column(column, justify="right")
    for same in sorted({*THRESHOLDS, shipped}):
        labels = [cluster(vectors, vectors[:0], same=same)[0] for vectors, _ in seen]
        found = sum(len(np.unique(each)) for each in labels)
        shares = [b_cubed(own, skus) for own, (_, skus) in zip(labels, seen, strict=True)]
        precision, recall = np.average(shares, axis=0, weights=counts)
        name = f"{same:.2f}{' (card)' if same == shipped else ''}"
        table.add_row(name, str(found), f"{precision:.3f}", f"{recall:.3f}")
    console.print(table)


def b_cubed(labels: Ids, truth: Ids) -> tuple[float, float]:
    """Precision and recall of a clustering, means over its members."""
    together, alike = labels[:, None] == labels, truth[:, None] == truth
    both = (together & alike).sum(axis=1)
    return float((both / together.sum(axis=1)).mean()), float((both / alike.sum(axis=1)).mean())


def _print_speed(tools: Resources, vectors: Floats) -> None:
    migrate.upgrade(tools.settings.records_url)
    _fill(tools, vectors)
    table = Table(title=f"{FACINGS:,} unknown facings in {FACINGS // PER_SCENE:,} scenes")
    for column in ("run", "products", "seconds"):
        table.add_column(column, justify="right")
    for name, new in (("the first", 0), ("a scene later", 1), ("nothing new", 0)):
        for _ in range(new):
            _add_scene(tools, vectors[:PER_SCENE])
        began = time.perf_counter()
        found = update_products(tools)
        seconds = time.perf_counter() - began
        table.add_row(name, str(found[1]) if found else "", f"{seconds:.1f}")
    console.print(table)
    console.print(f"on {machine()}")


def _fill(tools: Resources, vectors: Floats) -> None:
    """Scenes of further views of the labelled facings."""
    random = np.random.default_rng(0)
    dimensions = vectors.shape[1]
    seen = vectors[random.integers(0, len(vectors), FACINGS)]
    seen = seen + NOISE / np.sqrt(dimensions) * random.normal(size=seen.shape)
    seen = normalise(seen.astype(np.float32))
    for at in range(0, FACINGS, PER_SCENE):
        _add_scene(tools, seen[at : at + PER_SCENE])


def _add_scene(tools: Resources, vectors: Floats) -> None:
    """A scene with these unknown facings, as recognition would leave it."""
    with tools.records.transaction() as tx:
        photo = images.add(tx, sha256="0" * 64, width=1, height=1, size_bytes=1, now=now())
        scene = scenes.accept(tx, NewScene([photo.id], []), now=now())
        day, numbers = now().date(), range(len(vectors))
        scenes.set_facts(tx, scene.scene_id, revision=1, day=day, now=now())
        found = [Doubt(n, UNKNOWN, None, 0.0) for n in numbers]
        doubts.replace(tx, scene.scene_id, 1, found, now=now())
    rows = [
        (photo.id, n, v.astype("<f2").tobytes(), tools.embedder_key)
        for n, v in zip(numbers, vectors, strict=True)
    ]
    frame = pl.DataFrame(rows, schema=facts.TABLES[facts.EMBEDDINGS], orient="row")
    key = facts.facts_key(day, scene.scene, 1, facts.EMBEDDINGS)
    path = Path(tools.settings.data) / "objects" / key  # past the store, which waits for the disk
    path.parent.mkdir(parents=True)
    path.write_bytes(facts.encode(facts.EMBEDDINGS, frame))


if __name__ == "__main__":
    main()
