"""Prices in the lines of text of one price tag.

The price is the highest number; numbers beside it have a kind by the words around them. Numbers
that are sizes, savings, percentages or points are no prices.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["regular", "promo", "multi_buy", "unit", "member"]


@dataclass(frozen=True)
class TextLine:
    """One line of text of a tag; its box in shares of the tag's width and height."""

    text: str
    confidence: float  # 0-1, of the least sure character
    x1: float
    y1: float
    x2: float
    y2: float
    struck: bool = False  # a line runs through it: a price that was

    @property
    def height(self) -> float:
        """Share of the tag's height."""
        return self.y2 - self.y1


@dataclass(frozen=True)
class Price:
    """One price; `amount` is for `quantity` pieces together."""

    kind: Kind
    amount: float
    currency: str | None  # as printed: $ € £ ¥ kr
    quantity: int
    confidence: float  # 0-1


_NUMBER = r"\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d{2})?(?!\d)|\d+(?:[.,:]\d{1,2}(?!\d)|,-|\.-)?"
_SIGN = r"[$€£¥円]|kr\.?|nok|sek|dkk|eur|usd"
_PRICE = re.compile(
    rf"(?:(?P<count>\d{{1,2}})\s*(?P<times>/|for|x|pour|für|per|stk?\.?|個|点)\s*)?"
    rf"(?P<before>{_SIGN})?\s*(?P<number>{_NUMBER})\s*(?P<after>{_SIGN}|¢)?",
    re.IGNORECASE,
)
_NO_PRICE_BEFORE = re.compile(r"[+\-%#]\s*$|[a-z]$", re.IGNORECASE)
_MEASURE = re.compile(
    r"\s*(%|k?g\b|m?l\b|cl\b|dl\b|oz\b|lbs?\b|mm\b|cm\b|pk\b|枚|本|袋|個入|P\b)", re.I
)
_UNIT = re.compile(
    r"/\s*(kg|l|lb|oz|100|stk?|ea)|p[re]r?\.?\s*/?\s*(kg|l\b|100|lb|oz|unit)|¢|当たり|/個", re.I
)
_SAVING = re.compile(r"\b(spar|save|rabatt|off|bonus|pant|deposit|mva)\b|割引|引き|ポイント", re.I)
_MEMBER = re.compile(r"member|medlem|club|klubb|kundekort|loyalty|with card|会員|アプリ", re.I)
_BEFORE = re.compile(r"\b(was|before|før|før[- ]?pris|statt|reg\.?|list)\b|通常", re.I)
PROMO = re.compile(
    r"tilbud|special|\bsale\b|offer|aktion|angebot|promo|reduced|clearance|deal|rollback|"
    r"特価|お買|値下|セール|広告",
    re.IGNORECASE,
)
_MOST = 1_000_000  # a larger number is an article number, not a price
_SAME_HEIGHT = 0.58  # numbers this much of the highest compete with it; the right one wins
_CURRENCIES = {
    "円": "¥",
    "kr.": "kr",
    "nok": "kr",
    "sek": "kr",
    "dkk": "kr",
    "eur": "€",
    "usd": "$",
}


@dataclass(frozen=True)
class _Number:
    line: TextLine
    text: str
    amount: float
    currency: str | None
    quantity: int
    unit: bool


def prices(lines: Sequence[TextLine], *, sure: float = 0.0, promo: bool = False) -> list[Price]:
    """Read the prices of one tag, its main price first.

    Args:
        lines: of the tag, in any order.
        sure: a number of at least this confidence is preferred to one below.
        promo: the tag looks like an offer, whatever its words.
    """
    numbers = [number for line in lines for number in _numbers(line)]
    main = _main(numbers, sure)
    if main is None:
        return []
    promo = promo or any(PROMO.search(line.text) or line.struck for line in lines)
    others = [number for number in numbers if number is not main]
    first = _price(main, _kind_of_main(main, promo=promo))
    rest = [_price(number, kind) for number in others if (kind := _kind(number, main))]
    order = sorted(rest, key=lambda price: (price.kind, price.amount, -price.confidence))
    return [first, *order]


def _main(numbers: Sequence[_Number], sure: float) -> _Number | None:
    """The highest number that is a price; of several as high, the right one."""
    able = [n for n in numbers if not (n.unit or n.line.struck or _BEFORE.search(n.line.text))]
    if not able:
        return None
    able = [number for number in able if number.line.confidence >= sure] or able
    highest = max(number.line.height for number in able)
    high = [number for number in able if number.line.height >= _SAME_HEIGHT * highest]
    return max(high, key=lambda n: (n.line.x1 + n.line.x2, n.line.height, n.amount))


def _kind_of_main(main: _Number, *, promo: bool) -> Kind:
    if main.quantity > 1:
        return "multi_buy"
    if _MEMBER.search(main.line.text):
        return "member"
    return "promo" if promo else "regular"


def _kind(number: _Number, main: _Number) -> Kind | None:
    """What another number of the tag is; None = nothing says that it is a price."""
    if number.unit:
        return "unit"
    if number.quantity > 1:
        return "multi_buy"
    if _MEMBER.search(number.line.text):
        return "member"
    if number.line.struck or _BEFORE.search(number.line.text):
        return "regular"
    beside = number.line.x2 <= main.line.x1 and number.line.y1 < main.line.y2
    printed = number.currency is not None and number.amount != round(number.amount)
    return "unit" if beside and printed else None


def _price(number: _Number, kind: Kind) -> Price:
    confidence = round(number.line.confidence, 4)
    return Price(kind, number.amount, number.currency, number.quantity, confidence)


def _numbers(line: TextLine) -> list[_Number]:
    """The numbers of a line that may be prices."""
    text = unicodedata.normalize("NFKC", line.text).replace("·", ".").strip()
    if _SAVING.search(text):
        return []
    found = [_number(line, text, match) for match in _PRICE.finditer(text)]
    return [number for number in found if number is not None]


def _number(line: TextLine, text: str, match: re.Match[str]) -> _Number | None:
    start = match.start("before") if match["before"] else match.start("number")
    if not match["count"] and _NO_PRICE_BEFORE.search(text[:start]):
        return None
    if not match["after"] and _MEASURE.match(text, match.end()):
        return None
    amount = amount_of(match["number"])
    if not 0 < amount < _MOST:
        return None
    sign = (match["before"] or match["after"] or "").lower()
    return _Number(
        line=line,
        text=text,
        amount=amount,
        currency=None if sign in ("", "¢") else _CURRENCIES.get(sign, sign),
        quantity=int(match["count"] or 1),
        unit=sign == "¢" or bool(_UNIT.search(text)),
    )


def amount_of(number: str) -> float:
    """`1 299,00`, `1,299`, `10,-`, `4:50` as a number."""
    digits = re.sub(r"[,.]-$", "", number).replace(" ", "").replace("'", "").replace(":", ".")
    cents = re.search(r"[.,](\d{1,2})$", digits)
    whole = re.sub(r"[.,]", "", digits[: cents.start()] if cents else digits)
    return float(f"{whole}.{cents[1]}") if cents else float(whole)
