"""How much of what changed between two scenes other models may have done, not people."""

import msgspec
import polars as pl

SHELF = ["rack_index", "shelf_index"]
NOBODY = -1  # in place of the SKU of facings that are not identified


class Models(msgspec.Struct, frozen=True):
    """That the two scenes were recognised by different models."""

    detector_before: str | None
    detector_now: str | None
    embedder_before: str | None
    embedder_now: str | None
    changed_facings: int  # gained and lost by SKUs, shelf by shelf
    may_explain: int  # so many of them at most


def compare_models(before: pl.DataFrame, now: pl.DataFrame, cells: pl.DataFrame) -> Models | None:
    """Tell the models apart that saw two scenes; None when they are the same.

    Args:
        before, now: facings of the two scenes.
        cells: facings then (`old`) and now (`new`) per shelf and SKU.
    """
    detectors = _model(before, "detector"), _model(now, "detector")
    embedders = _model(before, "embedder"), _model(now, "embedder")
    other_detector, other_embedder = (_differ(*pair) for pair in (detectors, embedders))
    if not (other_detector or other_embedder):
        return None
    changed = pl.col("gained") + pl.col("lost")
    explained = pl.lit(0)
    if other_embedder:
        explained += pl.min_horizontal("gained", pl.max_horizontal(-pl.col("unnamed"), 0))
        explained += pl.min_horizontal("lost", pl.max_horizontal(pl.col("unnamed"), 0))
    if other_detector:
        explained += pl.col("all").abs()
    explained = pl.min_horizontal(changed, explained)
    sums = _per_shelf(cells).select(changed.sum().alias("changed"), explained.sum().alias("may"))
    return Models(*detectors, *embedders, *sums.row(0))


def _per_shelf(cells: pl.DataFrame) -> pl.DataFrame:
    """Facings that SKUs gained and lost, and the change of what has no name and of all."""
    more, named = pl.col("new") - pl.col("old"), pl.col("sku_id") != NOBODY
    return cells.group_by(SHELF).agg(
        more.filter(named & (more > 0)).sum().alias("gained"),
        -more.filter(named & (more < 0)).sum().alias("lost"),
        more.filter(~named).sum().alias("unnamed"),
        more.sum().alias("all"),
    )


def _model(facings: pl.DataFrame, column: str) -> str | None:
    """The model that saw the facings; None when there is no facing to tell."""
    return facings[column][0] if facings.height else None


def _differ(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before != now
