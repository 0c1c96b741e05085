"""CHANGES: this scene against the one of the same display before it.

Definition: facings that are not duplicates, per SKU and per shelf, then and now, and the price of
each SKU, then and now; only what differs is listed. When the models differ, `models.may_explain`
counts the changed facings that need no change of the shelf: with another embedder, on each shelf,
those that were not identified by one of the two; with another detector, also those by which the
number of boxes on the shelf differs.
Source: docs/reports.md#changes
"""

from datetime import datetime

import msgspec
import polars as pl

from flows.reports.changed_models import NOBODY, SHELF, Models, compare_models
from flows.reports.contract import Report
from flows.reports.tag_prices import sku_prices


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
    facings: pl.DataFrame,
    price_tags: pl.DataFrame,
    skus: pl.DataFrame,
) -> Changes:
    """Compare; ties by sku_id."""
    before, now = _counted(previous_facings), _counted(facings)
    former = next(previous.iter_rows(named=True), None)
    if former is None:
        return Changes(None, None, 0, now.height, None, [], [])
    cells = _side_by_side(before, now, [*SHELF, "sku_id"])
    then = sku_prices(previous_price_tags, previous_facings), sku_prices(price_tags, facings)
    return Changes(
        previous_scene=former["scene"],
        previous_date=former["created_at"],
        facings_before=before.height,
        facings_now=now.height,
        models=compare_models(previous_facings, facings, cells),
        skus=_skus(_side_by_side(before, now, ["sku_id"]), *then, skus),
        shelves=_shelves(cells),
    )


def _counted(facings: pl.DataFrame) -> pl.DataFrame:
    return facings.filter(~pl.col("duplicate")).with_columns(pl.col("sku_id").fill_null(NOBODY))


def _side_by_side(before: pl.DataFrame, now: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Facings then and now per group, groups in order."""
    both = pl.concat([before.select(*by, old=1, new=0), now.select(*by, old=0, new=1)])
    return both.group_by(by).agg(pl.col("old", "new").sum()).sort(by)


def _skus(
    counts: pl.DataFrame, then: pl.DataFrame, now: pl.DataFrame, skus: pl.DataFrame
) -> list[SkuChange]:
    rows = (
        counts.filter(pl.col("sku_id") != NOBODY)
        .join(then.rename({"price": "was"}), on="sku_id", how="left")
        .join(now, on="sku_id", how="left")
        .join(skus.select("sku_id", "name"), on="sku_id", how="left")
        .filter((pl.col("old") != pl.col("new")) | (pl.col("was") != pl.col("price")))
        .sort((pl.col("new") - pl.col("old")).abs(), -pl.col("sku_id"), descending=True)
    )
    columns = rows.select("sku_id", "name", _kind(), "old", "new", "was", "price")
    return [SkuChange(*row) for row in columns.iter_rows()]


def _kind() -> pl.Expr:
    old, new = pl.col("old"), pl.col("new")
    kind = pl.when(old == new).then(pl.lit("PRICE")).when(old == 0).then(pl.lit("NEW"))
    kind = kind.when(new == 0).then(pl.lit("GONE")).when(new > old).then(pl.lit("MORE"))
    return kind.otherwise(pl.lit("FEWER"))


def _shelves(cells: pl.DataFrame) -> list[ShelfChange]:
    totals = cells.group_by(SHELF).agg(pl.col("old", "new").sum())
    skus = pl.struct(pl.col("sku_id").replace(NOBODY, None), "old", "new").alias("skus")
    differing = (
        cells.filter(pl.col("old") != pl.col("new"))
        .group_by(SHELF, maintain_order=True)
        .agg(skus)
        .join(totals, on=SHELF, how="left", maintain_order="left")
    )
    return [
        ShelfChange(rack, shelf, old, new, [ShelfSku(*sku.values()) for sku in skus])
        for rack, shelf, skus, old, new in differing.iter_rows()
    ]


REPORT = Report("CHANGES", shape=Changes, compute=changes)
