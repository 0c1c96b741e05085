"""How much of what changed between two scenes other models may have done, not people."""

from typing import NamedTuple, Self

import msgspec
import polars as pl

from flows.reports.cells import NOBODY, Cells


class Models(msgspec.Struct, frozen=True):
    """That the two scenes were recognised by different models."""

    detector_before: str | None
    detector_now: str | None
    embedder_before: str | None
    embedder_now: str | None
    changed_facings: int  # gained and lost by SKUs, shelf by shelf
    may_explain: int  # so many of them at most


def compare_models(before: pl.DataFrame, now: pl.DataFrame, cells: Cells) -> Models | None:
    """Tell the models apart that saw two scenes; None when they are the same.

    Args:
        before, now: facings of the two scenes.
        cells: facings then and now per shelf and SKU.
    """
    detectors = _model(before, "detector"), _model(now, "detector")
    embedders = _model(before, "embedder"), _model(now, "embedder")
    other_detector, other_embedder = (_differ(*pair) for pair in (detectors, embedders))
    if not (other_detector or other_embedder):
        return None
    changed = explained = 0
    for shelf in cells.values():
        of_shelf = _Shelf.of(shelf)
        changed += of_shelf.gained + of_shelf.lost
        explained += of_shelf.explained(detector=other_detector, embedder=other_embedder)
    return Models(*detectors, *embedders, changed, explained)


class _Shelf(NamedTuple):
    """Facings of a shelf that SKUs gained and lost, and by how many more have no name, and are."""

    gained: int
    lost: int
    unnamed: int
    more: int

    @classmethod
    def of(cls, shelf: dict[int, tuple[int, int]]) -> Self:
        """Add up the cells of a shelf."""
        by = {sku: new - old for sku, (old, new) in shelf.items()}
        named = [more for sku, more in by.items() if sku != NOBODY]
        gained = sum(max(more, 0) for more in named)
        return cls(gained, gained - sum(named), by.get(NOBODY, 0), sum(by.values()))

    def explained(self, *, detector: bool, embedder: bool) -> int:
        """How many of the changed facings another model may have done."""
        may = abs(self.more) if detector else 0
        if embedder:
            may += min(self.gained, max(-self.unnamed, 0)) + min(self.lost, max(self.unnamed, 0))
        return min(self.gained + self.lost, may)


def _model(facings: pl.DataFrame, column: str) -> str | None:
    """The model that saw the facings; None when there is no facing to tell."""
    return facings[column][0] if facings.height else None


def _differ(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before != now
