"""What questions are asked by and restricted to: dimensions, and conditions on them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from storage.errors import BadQuestion

SHELF, PRODUCT = "shelf", "product"


class Dimension(msgspec.Struct, frozen=True):
    """Something answers are split by."""

    name: str
    column: str  # SQL; s = scenes, k = skus, d = days, p = shops, a = agents, r = what is counted
    sentence: str
    kind: type[Any] = str
    of: str = SHELF  # SHELF = of the scene, PRODUCT = of the SKU

    @property
    def needs(self) -> str:
        """The alias of the table it is a column of."""
        return self.column.partition(".")[0]


DIMENSIONS: dict[str, Dimension] = {
    one.name: one
    for one in (
        Dimension("chain", "s.chain", "The chain of the shop."),
        Dimension("shop", "s.shop", "The client's code of the shop."),
        Dimension("area", "p.area", "The area of the shop."),
        Dimension("country", "s.country", "The country code of the scene."),
        Dimension("display", "s.display_id", "The id of the display.", int),
        Dimension("agent", "a.cid", "The client's id of the agent."),
        Dimension("visit", "s.visit_id", "The id of the visit.", int),
        Dimension("scene", "s.scene", "The scene."),
        Dimension("day", "s.day", "2026-05-31, UTC, by the time of the scene.", date),
        Dimension("week", "d.week", "2026-W22, ISO 8601."),
        Dimension("month", "d.month", "2026-05."),
        Dimension("quarter", "d.quarter", "2026-Q2."),
        Dimension("year", "d.year", "2026.", int),
        Dimension("sku", "r.sku_id", "The id of the SKU.", int, PRODUCT),
        Dimension("sku_name", "k.name", "The name of the SKU.", str, PRODUCT),
        Dimension("brand", "k.brand", "The name of the brand.", str, PRODUCT),
        Dimension("category", "k.category", "The name of the category.", str, PRODUCT),
        Dimension("manufacturer", "k.manufacturer", "The name of the maker.", str, PRODUCT),
    )
}
JOINS = {
    "k": "LEFT JOIN skus k ON k.sku_id = r.sku_id",
    "d": "LEFT JOIN days d ON d.day = s.day",
    "p": "LEFT JOIN shops p ON p.shop = s.shop",
    "a": "LEFT JOIN agents a ON a.agent_id = s.agent_id",
}
_DIGITS = 18  # of the largest numbers compared
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(>=|<=|!=|=|>|<)(.*)", re.DOTALL)


class Condition(msgspec.Struct, frozen=True):
    """What must hold of what is counted; a value of None means that it is not known."""

    dimension: Dimension
    operator: str
    value: Any

    def sql(self, name: str) -> str:
        """Write it with a parameter of this name."""
        column = self.dimension.column
        if self.value is None:
            return f"{column} IS {'NOT ' * (self.operator == '!=')}NULL"
        operator = "IS DISTINCT FROM" if self.operator == "!=" else self.operator
        return f"{column} {operator} ${name}"


def listed(text: str) -> list[str]:
    """Read names with commas between: `chain, week`."""
    return [name.strip() for name in text.split(",") if name.strip()]


def parse_by(names: Sequence[str], allowed: Sequence[str]) -> list[Dimension]:
    """Look dimensions up, in the order given, each once.

    Raises:
        BadQuestion: names the one that is none of the allowed.
    """
    for name in names:
        if name not in allowed:
            raise BadQuestion("by", f"{name!r} is none of {', '.join(allowed)}.")
    return [DIMENSIONS[name] for name in dict.fromkeys(names)]


def parse_where(text: str, allowed: Sequence[str]) -> Condition:
    """Read `chain=Corner`, `week>=2026-W20`, `brand!=` (it is known) or `brand=` (it is not).

    Raises:
        BadQuestion: says what is wrong with it.
    """
    found = _CONDITION.fullmatch(text)
    if not found:
        raise BadQuestion(
            "where", f"{text!r} is no condition such as chain=Corner or day>=2026-05-01."
        )
    name, operator, value = found[1], found[2], found[3].strip()
    if name not in allowed:
        raise BadQuestion("where", f"{name!r} is none of {', '.join(allowed)}.")
    if not value and operator not in ("=", "!="):
        raise BadQuestion("where", f"{text!r} compares with nothing.")
    return Condition(DIMENSIONS[name], operator, _value(DIMENSIONS[name], value))


def _value(dimension: Dimension, text: str) -> Any:
    if not text:
        return None
    if dimension.kind is int and text.lstrip("-").isdecimal() and len(text) > _DIGITS:
        raise BadQuestion("where", f"{dimension.name} is never as large as {text[:_DIGITS]}...")
    try:
        return date.fromisoformat(text) if dimension.kind is date else dimension.kind(text)
    except ValueError:
        kind = "a day as 2026-05-31" if dimension.kind is date else "a whole number"
        raise BadQuestion("where", f"{dimension.name} is {kind}, not {text!r}.") from None
