"""CHANGES: this scene against the one of the same display before it.

Definition: facings that are not duplicates, per SKU and per shelf, then and now, and the price of
each SKU, then and now; only what differs is listed. When the models differ, `models.may_explain`
counts the changed facings that need no change of the shelf: with another embedder, on each shelf,
those that were not identified by one of the two; with another detector, also those by which the
number of boxes on the shelf differs.
Source: docs/reports.md#changes
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import polars as pl

from flows.reports.cells import NOBODY, Cells, cells_of
from flows.reports.changed_models import Models, compare_models
from flows.reports.contract import Report
from flows.reports.owned_tags import owned_tags
from flows.reports.scene_shelves import across
from flows.reports.tag_prices import Range, sku_prices, surely_from

PRICE = "PRICE"  # the change of a SKU with as many facings as before


class SkuChange(msgspec.Struct, frozen=True):
    """A SKU with another number of facings or another price."""

    sku_id: int
    name: str | None
    change: str  # NEW, GONE, MORE, FEWER, or PRICE when only the price differs
    facings_before: int
    facings_now: int
    price_before: float | None  # null = no tag of it was read
    price_now: float | None


class ShelfSku(msgspec.Struct, frozen=True):
    """A SKU with another number of facings on a shelf; null = not identified."""

    sku_id: int | None
    facings_before: int
    facings_now: int


class ShelfChange(msgspec.Struct, frozen=True):
    """A shelf on which something differs."""

    rack_index: int
    shelf_index: int
    facings_before: int
    facings_now: int
    skus: list[ShelfSku]


class Changes(msgspec.Struct, frozen=True):
    """All that differs; lists are empty when there is no scene before."""

    previous_scene: str | None  # null = this is the display's first
    previous_date: datetime | None
    facings_before: int
    facings_now: int
    models: Models | None  # null = the same models
    skus: list[SkuChange]  # the largest change first
    shelves: list[ShelfChange]  # from the left and the top


def changes(  # noqa: PLR0913, PLR0917 - the contract passes them by name
    previous: pl.DataFrame,
    previous_facings: pl.DataFrame,
    previous_price_tags: pl.DataFrame,
    previous_placements: pl.DataFrame,
    facings: pl.DataFrame,
    placements: pl.DataFrame,
    price_tags: pl.DataFrame,
    skus: pl.DataFrame,
    options: pl.DataFrame,
) -> Changes:
    """Compare; ties by sku_id."""
    cells = cells_of(across(previous_facings, previous_placements), across(facings, placements))
    now = sum(new for shelf in cells.values() for _, new in shelf.values())
    former = next(previous.iter_rows(named=True), None)
    if former is None:
        return Changes(None, None, 0, now, None, [], [])
    surely, names = surely_from(options), dict(skus.select("sku_id", "name").iter_rows())
    was = sku_prices(owned_tags(previous_price_tags, previous_facings, skus), surely)
    costs = sku_prices(owned_tags(price_tags, facings, skus), surely)
    return Changes(
        previous_scene=former["scene"],
        previous_date=former["created_at"],
        facings_before=sum(old for shelf in cells.values() for old, _ in shelf.values()),
        facings_now=now,
        models=compare_models(previous_facings, facings, cells),
        skus=_skus(cells, was, costs, names),
        shelves=list(_shelves(cells)),
    )


def _skus(
    cells: Cells, was: dict[int, Range], costs: dict[int, Range], names: dict[int, str | None]
) -> list[SkuChange]:
    totals: dict[int, tuple[int, int]] = {}
    for shelf in cells.values():
        for sku, (old, new) in shelf.items():
            before, now = totals.get(sku, (0, 0))
            totals[sku] = before + old, now + new
    compared = [
        SkuChange(
            sku,
            names.get(sku),
            _kind(old, new),
            old,
            new,
            price_before=_lowest(was, sku),
            price_now=_lowest(costs, sku),
        )
        for sku, (old, new) in totals.items()
        if sku != NOBODY
    ]
    changed = [one for one in compared if one.change != PRICE or _other_price(one)]
    return sorted(changed, key=lambda one: (-abs(one.facings_now - one.facings_before), one.sku_id))


def _lowest(prices: dict[int, Range], sku: int) -> float | None:
    return prices[sku].lowest if sku in prices else None


def _other_price(sku: SkuChange) -> bool:
    """Whether its price changed: one that was not read is no change."""
    was, costs = sku.price_before, sku.price_now
    return was is not None and costs is not None and was != costs


def _kind(old: int, new: int) -> str:
    if old == new:
        return PRICE
    if not (old and new):
        return "GONE" if old else "NEW"
    return "MORE" if new > old else "FEWER"


def _shelves(cells: Cells) -> Iterator[ShelfChange]:
    for (rack, index), shelf in cells.items():
        differing = [
            ShelfSku(None if sku == NOBODY else sku, old, new)
            for sku, (old, new) in shelf.items()
            if old != new
        ]
        if differing:
            before, now = (sum(counts) for counts in zip(*shelf.values(), strict=True))
            yield ShelfChange(rack, index, before, now, differing)


REPORT = Report("CHANGES", shape=Changes, compute=changes)
