"""What the embedder learns from: two views of each of some SKUs, drawn ones and real ones."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from training.packages import Package
from training.real_crops import RealSkus, real_crop
from training.shelf_crops import packshot, shelf_crop

SIBLINGS = 0.5  # share of a batch that comes in pairs of one brand: the look-alikes
PACKSHOTS = 0.25  # share of second views that are bare packshots
MORE_PICTURES = 0.5  # power: a SKU of four times as many pictures comes twice as often

Views = tuple[np.ndarray, np.ndarray]  # (2n, 128, 96, 3) uint8 RGB, alternating; (n,) the SKUs


class SkuSource(Protocol):
    """SKUs that can be seen."""

    def __len__(self) -> int:
        """How many SKUs."""
        ...

    def views(self, rng: np.random.Generator, count: int) -> Views:
        """Two views of each of so many different SKUs."""
        ...


class DrawnSkus:
    """SKUs of a library of packages."""

    def __init__(self, library: list[Package]) -> None:
        self._library = library

    def __len__(self) -> int:
        return len(self._library)

    def views(self, rng: np.random.Generator, count: int) -> Views:
        """Two crops, or a crop and the bare packshot."""
        library = self._library
        chosen = self._choose(rng, count)
        views = []
        for sku in chosen:
            views.append(shelf_crop(rng, library[sku], library))
            bare = rng.random() < PACKSHOTS
            views.append(packshot(library[sku]) if bare else shelf_crop(rng, library[sku], library))
        return np.stack(views), chosen

    def _choose(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Choose different SKUs, some of them beside their neighbour in the library."""
        library, chosen = self._library, list[int]()
        for sku in rng.permutation(len(library)):
            chosen.append(int(sku))
            sibling = (int(sku) + 1) % len(library)
            if rng.random() < SIBLINGS and library[sibling].brand == library[sku].brand:
                chosen.append(sibling)
            if len(set(chosen)) >= count:
                break
        return np.array(list(dict.fromkeys(chosen))[:count])


class PhotographedSkus:
    """SKUs of which there are pictures."""

    def __init__(self, pictures: RealSkus) -> None:
        self._pictures = list(pictures.values())
        often = np.array([len(own) for own in self._pictures]) ** MORE_PICTURES
        self._often = often / often.sum()

    def __len__(self) -> int:
        return len(self._pictures)

    def views(self, rng: np.random.Generator, count: int) -> Views:
        """Crops of two pictures; twice of the same where there is but one."""
        chosen = rng.choice(len(self), count, replace=False, p=self._often)
        views = []
        for sku in chosen:
            own = self._pictures[sku]
            two = rng.choice(len(own), 2, replace=len(own) < 2)
            views += [real_crop(rng, own[picture]) for picture in two]
        return np.stack(views), chosen


def mixed(
    rng: np.random.Generator, sources: Sequence[SkuSource], counts: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """So many SKUs of each source, two views each.

    Returns:
        The views, (2n, 128, 96, 3) uint8 RGB, and the SKU of each, numbered through all sources.
    """
    views, skus, first = list[np.ndarray](), list[np.ndarray](), 0
    for source, count in zip(sources, counts, strict=True):
        seen, chosen = source.views(rng, count)
        views.append(seen)
        skus.append(np.repeat(chosen + first, 2))
        first += len(source)
    return np.concatenate(views), np.concatenate(skus)
