"""What the page of charts shows: answers of the warehouse, drawn."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import polars as pl
from msgspec import Struct

from api import charts
from api.charts import Bar, Lines
from storage.errors import NoWarehouse
from storage.questions import answer, ask
from storage.warehouse import Warehouse

MOST = 6  # brands with a colour of their own
ROWS = 12  # bars of a chart
OTHERS = "others"
_CONDITIONS = {"chain": "chain={}", "category": "category={}", "since": "day>={}"}


class Chart(Struct, frozen=True):
    """A card of the page; one of bars, stacks and lines is there."""

    title: str
    said: str
    link: str  # of the same answer, without its format
    bars: list[Bar] = []
    stacks: list[tuple[str, list[Bar]]] = []
    lines: Lines | None = None
    middle: bool = False  # bars leave a middle


def load(warehouse: Warehouse, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Ask for all that the template shows.

    Args:
        warehouse: may not exist yet.
        chosen: `chain`, `category` and `since`; empty = any.

    Raises:
        BadQuestion: `since` is no day.
    """
    where = [_CONDITIONS[name].format(value) for name, value in chosen.items() if value]
    page: dict[str, Any] = {
        "chosen": chosen,
        "made": None,
        "charts": [],
        "tones": {},
        "chains": [],
        "categories": [],
    }
    try:
        page["made"] = warehouse.refreshed_at()
    except NoWarehouse as missing:
        return page | {"missing": str(missing)}
    page["chains"] = _names(warehouse, "SELECT chain AS name FROM chains ORDER BY chain")
    page["categories"] = _names(warehouse, "SELECT DISTINCT name FROM categories ORDER BY name")
    shares, tones = _shares(warehouse, where)
    of_scenes = [one for one in where if not one.startswith("category=")]
    drawn = [
        *shares,
        *_ratios(warehouse, "osa", "osa", "On-shelf availability", where),
        *_ratios(
            warehouse, "planogram-compliance", "compliance", "Planogram compliance", of_scenes
        ),
        _prices(warehouse, where),
    ]
    return page | {"charts": drawn, "tones": tones}


def _names(warehouse: Warehouse, query: str) -> list[str]:
    return [name for name in warehouse.query(query)["name"].to_list() if name]


def _ask(
    warehouse: Warehouse, name: str, by: Sequence[str], where: Sequence[str]
) -> tuple[pl.DataFrame, str]:
    """The answer, what has no name called so, and the address of the same."""
    asked = [("by", ",".join(by)), *(("where", one) for one in where)]
    found = answer(warehouse, ask(name, by, where))
    named = (pl.col(one).fill_null(f"no {one}") for one in by)
    return found.with_columns(named), f"/analytics/{name}/?{urlencode(asked)}"


def _shares(warehouse: Warehouse, where: Sequence[str]) -> tuple[list[Chart], dict[str, int]]:
    """Share of shelf by brand, over the weeks and by chain; the colours of the brands."""
    name, share = "share-of-shelf", "share_of_facings"
    brands, link = _ask(warehouse, name, ["brand"], where)
    ordered = brands.sort(share, "brand", descending=[True, False])
    first = ordered["brand"].to_list()[:MOST]
    tones = {brand: number for number, brand in enumerate(first)}
    top = dict(ordered.select("brand", share).head(ROWS).iter_rows())
    others = {one: len(first) for one in top if one not in tones}
    weeks, weekly = _ask(warehouse, name, ["week", "brand"], where)
    chains, by_chain = _ask(warehouse, name, ["chain", "brand"], where)
    series = {
        brand: dict(weeks.filter(pl.col("brand") == brand).select("week", share).iter_rows())
        for brand in first
    }
    title = "Share of shelf"
    found = [
        Chart(title, "brands, by facings", link, bars=charts.bars(top, tones=tones | others)),
        Chart(title, "over the weeks", weekly, lines=charts.lines(series, tones)),
        Chart(title, "by chain", by_chain, stacks=_stacks(chains, share, tones)),
    ]
    return found, tones | ({OTHERS: len(first)} if ordered.height > len(first) else {})


def _stacks(
    found: pl.DataFrame, share: str, tones: Mapping[str, int]
) -> list[tuple[str, list[Bar]]]:
    """For each chain, the largest first, its brands; what has no colour of its own together."""
    sizes = found.group_by("chain").agg(pl.col("facings").sum())
    order = sizes.sort("facings", "chain", descending=[True, False])["chain"].to_list()[:ROWS]
    stacks: list[tuple[str, list[Bar]]] = []
    for chain in order:
        shares = dict(found.filter(chain=chain).select("brand", share).iter_rows())
        parts = [(brand, shares.get(brand, 0.0), tone) for brand, tone in tones.items()]
        rest = max(1 - sum(value for _, value, _ in parts), 0.0)
        stacks.append((chain, charts.stack([*parts, (OTHERS, rest, len(tones))])))
    return stacks


def _ratios(
    warehouse: Warehouse, name: str, measure: str, title: str, where: Sequence[str]
) -> list[Chart]:
    """A ratio over the weeks and by chain."""
    weight = "expected" if measure == "osa" else "counted"
    weeks, weekly = _ask(warehouse, name, ["week"], where)
    chains, by_chain = _ask(warehouse, name, ["chain"], where)
    over = dict(weeks.select("week", measure).drop_nulls().iter_rows())
    values = _largest(chains, measure, weight)
    return [
        Chart(
            title, "over the weeks", weekly, lines=charts.lines({title: over} if over else {}, {})
        ),
        Chart(title, "by chain", by_chain, bars=charts.bars(values, whole=1)),
    ]


def _largest(found: pl.DataFrame, measure: str, weight: str) -> dict[str, float]:
    """The measure of the chains of which most is known, the highest first."""
    known = found.drop_nulls(measure)
    most = known.sort(weight, "chain", descending=[True, False]).head(ROWS)
    return dict(most.sort(measure, "chain", descending=[True, False])["chain", measure].iter_rows())


def _prices(warehouse: Warehouse, where: Sequence[str]) -> Chart:
    found, link = _ask(warehouse, "price-index", ["chain"], where)
    values = _largest(found, "price_index", "prices")
    said = "100 = the median price of the same SKU everywhere"
    return Chart("Price index", said, link, bars=charts.around(values, 100), middle=True)
