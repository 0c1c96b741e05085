"""How fast a large gallery is loaded and searched: `make bench-gallery`.

100,000 references of 20,000 SKUs, drawn around one direction per SKU; 500 facings look like one
each. Vectors are as long as the shipped embedder's, and as with those most of their length lies in
few directions. Beside the time on the clock stands the CPU time of both cores: on a busy machine
half of it is what two free cores would take at best. Rivals are remembered, so they cost the first
search after a start alone.
"""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from inference.gallery import Gallery, load_gallery
from inference.types import Floats, Reals
from storage import galleries, migrate, references, tables
from storage.records import Records

SKUS, EACH, DIMENSIONS = 20_000, 5, 256
SPREAD = np.exp(-np.arange(DIMENSIONS) / 50) * 0.2  # how far vectors lie apart, by direction
FACINGS = 500
THREADS = 2
LIMIT_MILLISECONDS = 50
REPEATS = 20
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EMBEDDER = "bench-1.0.0+000000000000"


def main() -> None:
    """Measure and print."""
    own = _near(np.zeros((SKUS, DIMENSIONS)), 1, seed=0)
    stored = _near(own.repeat(EACH, axis=0), 0.7, seed=1)
    facings = _near(own[np.random.default_rng(2).integers(0, SKUS, FACINGS)], 0.8, seed=3)
    with tempfile.TemporaryDirectory() as folder:
        gallery, loading = _loading(Path(folder), stored)
    table = Table("what", "wall ms", "CPU ms", "CPU ms / 2 : limit of 50 ms", box=None)
    for name, search in _searches(gallery, facings).items():
        wall, cpu = _time(search)
        share = cpu / THREADS / LIMIT_MILLISECONDS
        table.add_row(name, f"{wall:.0f}", f"{cpu:.0f}", f"{share:.2f}")
    console = Console()
    console.print(f"{SKUS * EACH} references, {FACINGS} facings, load {os.getloadavg()[0]:.1f}")
    console.print(table)
    for name, seconds in loading.items():
        console.print(f"{name}: {seconds:.2f} s")
    same = gallery.search(facings).sku_ids == gallery.search_exactly(facings).sku_ids
    console.print(f"shortlists that are the exact ones: {same.all(axis=1).mean():.1%}")


def _near(vectors: Reals, away: float, *, seed: int) -> Floats:
    moved = vectors + away * SPREAD * np.random.default_rng(seed).normal(size=vectors.shape)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def _searches(gallery: Gallery, facings: Floats) -> dict[str, Callable[[], object]]:
    return {
        "search: 8 bit, then exactly": lambda: gallery.search(facings),
        "one matrix product in float32": lambda: facings @ gallery.vectors.T,
        "search with all exactly": lambda: gallery.search_exactly(facings),
    }


def _time(work: Callable[[], object]) -> tuple[float, float]:
    """The best of many, milliseconds on the clock and of CPU."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls) * 1000, min(cpus) * 1000


def _loading(folder: Path, vectors: Floats) -> tuple[Gallery, dict[str, float]]:
    """Store the references and load them as a worker does when it starts."""
    url = f"sqlite:///{folder / 'records.db'}"
    migrate.upgrade(url)
    records = Records(url)
    _store(records, vectors)
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    with records.reading() as tx:
        missing = references.missing(tx, EMBEDDER, 1)
        seconds["asking what is not embedded yet"] = time.perf_counter() - began
        assert not missing  # noqa: S101  they are all stored
        began = time.perf_counter()
        stored = galleries.vectors(tx, EMBEDDER)
    seconds["reading 100,000 references from SQLite"] = time.perf_counter() - began
    began = time.perf_counter()
    gallery = load_gallery(stored, threads=THREADS)
    seconds["making them a gallery"] = time.perf_counter() - began
    records.close()
    return gallery, seconds


def _store(records: Records, vectors: Floats) -> None:
    times = {"created_at": NOW, "updated_at": NOW}
    image = {"sha256": "0", "width": 9, "height": 9, "size_bytes": 9, "key": "k"}
    with records.transaction() as tx:
        tx.execute(tables.images.insert(), [image | {"duplicate": False, "created_at": NOW}])
        skus = [{"id": at, "cid": "c", "name": "n", **times} for at in range(1, SKUS + 1)]
        tx.execute(tables.skus.insert(), skus)
        own = {"image_id": 1, "source": references.PICTURE, "created_at": NOW}
        tx.execute(
            tables.sku_references.insert(),
            [
                {"id": at + 1, "sku_id": at // EACH + 1, "crop": str(at), **own}
                for at in range(len(vectors))
            ],
        )
        tx.execute(
            tables.vectors.insert(),
            [
                {"reference_id": at + 1, "embedder": EMBEDDER, "vector": vector.tobytes()}
                for at, vector in enumerate(vectors)
            ],
        )


if __name__ == "__main__":
    main()
