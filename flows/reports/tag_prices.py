"""What one piece of a SKU costs, by the tags that belong to it: one rule for every report.

A price counts when it is for one piece, anybody pays it (no member price), and it was surely read.
Of a tag the promo price counts before the regular one, of several of a kind the likeliest.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from flows.reports.owned_tags import Tag

_PAID = ("promo", "regular")  # kinds of prices that count, the better first

Price = dict[str, Any]  # kind, amount, currency, quantity, confidence


class Range(NamedTuple):
    """What one of a SKU costs by the cheapest and by the dearest of its tags."""

    lowest: float
    highest: float


def surely_from(options: pl.DataFrame) -> float:
    """The confidence from which on a price is surely read, 0-1; without options every price is."""
    return next(iter(options["price_confidence"].drop_nulls()), 0.0)


def in_order(prices: list[Price] | None, surely: float) -> list[Price]:
    """The prices of a tag, those that count first, the better before the others, as printed."""
    return sorted(prices or [], key=lambda price: _rank(price, surely))


def _rank(price: Price, surely: float) -> int:
    counts = price["kind"] in _PAID and price["confidence"] >= surely
    return _PAID.index(price["kind"]) if counts else len(_PAID)


def sku_prices(tags: Iterable[Tag], surely: float) -> dict[int, Range]:
    """What each SKU costs, over all of its tags; only SKUs with a price that counts."""
    found: dict[int, list[float]] = defaultdict(list)
    for tag in tags:
        first = next(iter(in_order(tag["prices"], surely)), None)
        if first and tag["sku_id"] is not None and _rank(first, surely) < len(_PAID):
            found[tag["sku_id"]].append(first["amount"])
    return {sku: Range(min(amounts), max(amounts)) for sku, amounts in found.items()}
