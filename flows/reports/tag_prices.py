"""What one of a SKU costs, by the tags that belong to it."""

import polars as pl

_PAID = ("promo", "regular")  # kinds of prices that one is bought for, the better first
_SURE = 0.5  # prices read with less confidence are left out


def sku_prices(price_tags: pl.DataFrame, facings: pl.DataFrame) -> pl.DataFrame:
    """Find the price of each SKU: of each tag the promo price, else the regular one; the lowest.

    Returns:
        sku_id i64, price f64; by sku_id, only SKUs with a price that was surely read.
    """
    named = facings.filter(pl.col("sku_id").is_not_null())
    read = (
        price_tags.join(
            named.select("image_id", "facing_id", "sku_id"), on=["image_id", "facing_id"]
        )
        .select("sku_id", "image_id", "tag_id", "prices")
        .explode("prices")
        .unnest("prices")
        .filter((pl.col("confidence") >= _SURE) & pl.col("kind").is_in(_PAID))
        .sort(
            "image_id", "tag_id", pl.col("kind") == "promo", "confidence", "amount", descending=True
        )
    )
    per_tag = read.group_by("sku_id", "image_id", "tag_id", maintain_order=True).first()
    return per_tag.group_by("sku_id").agg(pl.col("amount").min().alias("price")).sort("sku_id")
