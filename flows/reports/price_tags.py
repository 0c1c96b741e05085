"""PRICE_TAGS: what the price tags of the scene say, and which SKU each belongs to.

Definition: one row per tag; its SKU is that of its facing, or of a facing near by whose name the
tag shows. Tags of facings that are duplicates are left out: another photo shows them.
Source: docs/reports.md#price_tags
"""

import msgspec
import polars as pl

from flows.reports.contract import Report
from flows.reports.tag_names import named_by_text

_RATIOS = ("score", "confidence")
_PAID = ("promo", "regular", "member")  # kinds of prices for one piece


class Colour(msgspec.Struct, frozen=True):
    """A colour of the tag and its share of the tag's area, 0-1."""

    color: str
    score: float


class TagPrice(msgspec.Struct, frozen=True):
    """One price of the tag; `amount` is for `quantity` pieces together."""

    kind: str  # regular, promo, multi_buy, unit, member
    amount: float
    currency: str | None  # as printed
    quantity: int
    confidence: float  # 0-1


class PriceTag(msgspec.Struct, frozen=True):
    """One price tag; from `image` on our own fields."""

    sku_id: int | None
    name: str | None
    brand: str | None
    manufacturer: str | None
    category: str | None
    sku_image_url: str | None
    price: float | None  # None = not legible
    min_price: float | None  # over all tags of the SKU
    max_price: float | None
    promo: bool
    price_tag_colors: list[str]
    colors: list[Colour]
    result_object: int | None  # facing_id
    result_pricetag: int  # tag_id
    image: int
    prices: list[TagPrice]
    text: str | None
    barcode: str | None


def price_tags(price_tags: pl.DataFrame, facings: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    """List the tags by photo, shelf and place from the left."""
    tags = _owned(price_tags, facings, skus)
    tags = tags.join(_range(tags), on="sku_id", how="left").join(skus, on="sku_id", how="left")
    first = pl.col("prices").list.first().struct
    amount = first.field("amount")
    return tags.sort("image_id", "shelf_index", "x1", "tag_id").select(
        "sku_id",
        "name",
        "brand",
        "manufacturer",
        "category",
        _packshot().alias("sku_image_url"),
        amount.alias("price"),
        pl.coalesce("min_price", amount).alias("min_price"),
        pl.coalesce("max_price", amount).alias("max_price"),
        pl.col("promo").fill_null(value=False),
        pl.col("colours").list.eval(pl.element().struct.field("color")).alias("price_tag_colors"),
        pl.col("colours").list.eval(_rounded("color", "score")).alias("colors"),
        pl.col("facing_id").alias("result_object"),
        pl.col("tag_id").alias("result_pricetag"),
        pl.col("image_id").alias("image"),
        pl.col("prices").list.eval(
            _rounded("kind", "amount", "currency", "quantity", "confidence")
        ),
        "text",
        "barcode",
    )


def _rounded(*fields: str) -> pl.Expr:
    """The struct of each element, ratios with four decimals."""
    whole = [pl.element().struct.field(name) for name in fields]
    return pl.struct(
        value.cast(pl.Float64).round(4) if name in _RATIOS else value
        for name, value in zip(fields, whole, strict=True)
    )


def _owned(tags: pl.DataFrame, facings: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    """The tags to be shown, with `facing_id` and `sku_id`; what was not read is empty."""
    owner = facings.select("image_id", "facing_id", "sku_id", "duplicate")
    by_text = named_by_text(tags, facings, skus)
    return (
        tags.join(by_text, on=["image_id", "tag_id"], how="left")
        .with_columns(pl.coalesce("named_facing_id", "facing_id").alias("facing_id"))
        .join(owner, on=["image_id", "facing_id"], how="left")
        .filter(~pl.col("duplicate").fill_null(value=False))
        .with_columns(pl.col("prices", "colours").fill_null([]))
    )


def _range(tags: pl.DataFrame) -> pl.DataFrame:
    """Lowest and highest price for one piece of each SKU, over all its tags."""
    prices = (
        tags.filter(pl.col("sku_id").is_not_null())
        .select("sku_id", "prices")
        .explode("prices")
        .unnest("prices")
        .filter(pl.col("kind").is_in(_PAID))
    )
    return prices.group_by("sku_id").agg(
        pl.col("amount").min().alias("min_price"), pl.col("amount").max().alias("max_price")
    )


def _packshot() -> pl.Expr:
    return pl.format("/api/v1.5/uploads/{}/", pl.col("image"))


REPORT = Report("PRICE_TAGS", row=PriceTag, compute=price_tags)
