"""PRICE_TAGS: what the price tags of the scene say, and which SKU each belongs to.

Definition: one row per tag; its SKU is that of its facing, or of a facing near by whose name the
tag shows. Tags of facings that are duplicates are left out: another photo shows them. The price is
what one piece costs, promo before regular, when that was surely read; else the first on the tag.
Source: docs/reports.md#price_tags
"""

from typing import Any

import msgspec
import polars as pl

from flows.reports.contract import Report
from flows.reports.owned_tags import Tag, owned_tags
from flows.reports.tag_prices import Price, Range, in_order, sku_prices, surely_from

WIRE_DECIMALS = 4


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
    price: float | None  # amount of the first of `prices`, None = not legible
    min_price: float | None  # what one piece costs, over all tags of the SKU
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


def price_tags(
    price_tags: pl.DataFrame, facings: pl.DataFrame, skus: pl.DataFrame, options: pl.DataFrame
) -> list[PriceTag]:
    """List the tags by photo, shelf and place from the left."""
    surely = surely_from(options)
    tags = owned_tags(price_tags.sort("image_id", "shelf_index", "x1", "tag_id"), facings, skus)
    costs = sku_prices(tags, surely)
    known = {sku["sku_id"]: sku for sku in skus.iter_rows(named=True)}
    return [_row(tag, known.get(tag["sku_id"], {}), costs, surely) for tag in tags]


def _row(tag: Tag, sku: dict[str, Any], costs: dict[int, Range], surely: float) -> PriceTag:
    prices = in_order(tag["prices"], surely)
    colours = [Colour(one["color"], _rounded(one["score"])) for one in tag["colours"] or []]
    price = prices[0]["amount"] if prices else None
    lowest, highest = costs.get(tag["sku_id"], (price, price))
    packshot = sku.get("image")
    return PriceTag(
        sku_id=tag["sku_id"],
        name=sku.get("name"),
        brand=sku.get("brand"),
        manufacturer=sku.get("manufacturer"),
        category=sku.get("category"),
        sku_image_url=None if packshot is None else f"/api/v1.5/uploads/{packshot}/",
        price=price,
        min_price=lowest,
        max_price=highest,
        promo=bool(tag["promo"]),
        price_tag_colors=[colour.color for colour in colours],
        colors=colours,
        result_object=tag["facing_id"],
        result_pricetag=tag["tag_id"],
        image=tag["image_id"],
        prices=[_price(one) for one in prices],
        text=tag["text"],
        barcode=tag["barcode"],
    )


def _price(one: Price) -> TagPrice:
    how_sure = _rounded(one["confidence"])
    return TagPrice(one["kind"], one["amount"], one["currency"], one["quantity"], how_sure)


def _rounded(ratio: float) -> float:
    return round(ratio, WIRE_DECIMALS)


REPORT = Report("PRICE_TAGS", row=PriceTag, compute=price_tags)
