"""A folder of drawn scenes: JPEG photos with their truth beside them."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.materials import Materials
from training.packages import Package, package_library
from training.shelves import ShelfScene, draw_scene

SIZES = ((1280, 960), (960, 1280), (1280, 720), (1100, 1100), (720, 1280))
SIZE_SHARES = (0.3, 0.3, 0.15, 0.1, 0.15)
JPEG_QUALITY = 93


@dataclass(frozen=True)
class SceneSet:
    """Which scenes: everything that decides their pixels, apart from fonts and pictures."""

    name: str
    library_seed: int
    brands: int
    scene_seed: int
    scenes: int


TRAINING_SCENES = SceneSet("train", library_seed=11, brands=240, scene_seed=1, scenes=1400)
HELD_OUT_SCENES = SceneSet("held_out", library_seed=977, brands=80, scene_seed=2, scenes=60)


@dataclass(frozen=True)
class StoredScene:
    """Truth of one stored scene; arrays as in ShelfScene."""

    path: Path
    boxes: np.ndarray
    labels: np.ndarray
    skus: np.ndarray

    def photo(self) -> np.ndarray:
        """Decode the photo: (h, w, 3) uint8 RGB."""
        return cv2.imread(str(self.path), cv2.IMREAD_COLOR_RGB)

    def half(self) -> np.ndarray:
        """Decode the photo at half its size, which takes half as long."""
        return cv2.imread(str(self.path), cv2.IMREAD_REDUCED_COLOR_2)[:, :, ::-1]


def draw_scenes(chosen: SceneSet, folder: Path, materials: Materials, processes: int = 1) -> None:
    """Draw what is missing of a set; each scene depends on its own number alone."""
    folder = folder / chosen.name
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(chosen.scenes) if not (folder / f"{n:05d}.npz").exists()]
    if not missing:
        return
    cv2.setNumThreads(1)  # a pool of threads does not survive the fork below
    library = package_library(chosen.library_seed, chosen.brands, materials)
    fork = multiprocessing.get_context("fork")  # the library is large: share it, never pickle it
    workers = [
        fork.Process(
            target=_draw_some, args=(chosen, folder, library, materials, missing[first::processes])
        )
        for first in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def stored_scenes(chosen: SceneSet, folder: Path) -> Iterator[StoredScene]:
    """Read the truth of a set, in order."""
    for number in range(chosen.scenes):
        path = folder / chosen.name / f"{number:05d}.npz"
        with np.load(path) as truth:
            yield StoredScene(
                path.with_suffix(".jpg"), truth["boxes"], truth["labels"], truth["skus"]
            )


def scene(
    chosen: SceneSet, number: int, library: list[Package], materials: Materials
) -> ShelfScene:
    """Draw scene `number` of a set."""
    rng = np.random.default_rng([chosen.scene_seed, number])
    size = SIZES[int(rng.choice(len(SIZES), p=SIZE_SHARES))]
    return draw_scene(rng, library, size, materials)


def _draw_some(
    chosen: SceneSet,
    folder: Path,
    library: list[Package],
    materials: Materials,
    numbers: list[int],
) -> None:
    for number in numbers:
        drawn = scene(chosen, number, library, materials)
        path = folder / f"{number:05d}.jpg"
        quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        cv2.imwrite(str(path), drawn.photo[:, :, ::-1], quality)
        np.savez(path.with_suffix(".npz"), boxes=drawn.boxes, labels=drawn.labels, skus=drawn.skus)
