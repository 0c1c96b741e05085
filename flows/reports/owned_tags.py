"""Which SKU each price tag of a scene belongs to: one rule for every report."""

from typing import Any

import polars as pl

from flows.reports.tag_names import named_by_text

Tag = dict[str, Any]  # a row of `price_tags` with the `sku_id` of its facing


def owned_tags(tags: pl.DataFrame, facings: pl.DataFrame, skus: pl.DataFrame) -> list[Tag]:
    """Give each tag the SKU of its facing, or of a facing near by whose name the tag shows.

    Returns:
        The tags in their order; `facing_id` is where `sku_id` comes from, null = nobody's. Tags of
        facings that are duplicates are left out: another photo shows them.
    """
    wanted = facings.select("image_id", "facing_id", "sku_id", "duplicate")
    owners = {(image, facing): owner for image, facing, *owner in wanted.iter_rows()}
    by_text = named_by_text(tags, facings, skus)
    owned: list[Tag] = []
    for tag in tags.iter_rows(named=True):
        facing = by_text.get((tag["image_id"], tag["tag_id"]), tag["facing_id"])
        sku, duplicate = owners.get((tag["image_id"], facing), (None, False))
        if not duplicate:
            owned.append({**tag, "facing_id": facing, "sku_id": sku})
    return owned
