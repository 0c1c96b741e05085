"""What is known of one price tag."""

from dataclasses import dataclass

from inference.prices import Price


@dataclass(frozen=True)
class Colour:
    """A colour and its share of the tag's area, 0-1."""

    color: str
    score: float


@dataclass(frozen=True)
class PriceTag:
    """One price tag."""

    text: str  # of the lines that were read, from top to bottom
    prices: tuple[Price, ...]  # main price first
    colours: tuple[Colour, ...]  # largest share first
    promo: bool  # its words or prices say that it is an offer
    barcode: str | None
