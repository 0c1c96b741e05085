"""The cards of the two models that read price tags: one finds lines of text, one reads them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from inference.card_fields import CardFields, Count, PixelInput, Share, Side, Text


class TextFinderInput(PixelInput, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The tag, scaled to one height; its width, rounded to `multiple`, keeps the aspect."""

    height: Side
    width: Side | None = None  # None = by the tag, at least two multiples, at most 4 heights
    multiple: Count = 32


class TextFinderThresholds(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which regions are lines of text."""

    pixel: Share  # probability from which on a pixel belongs to a line
    line: Share  # mean probability of a line
    shortest_side: Count = 3  # pixels of the network's map
    grow: Annotated[float, Meta(ge=0)]  # a line's map is shrunk; area / perimeter times this back


class TextFinderCard(
    CardFields, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="find_text"
):
    """Card of a network that says of every pixel whether it belongs to a line of text."""

    decoder: Literal["probability_map"]
    input: TextFinderInput
    thresholds: TextFinderThresholds


class TextReaderInput(PixelInput, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of text, scaled to one height."""

    height: Side
    width: Side | None = None  # None = by the line
    multiple: Count = 32  # widths are rounded up to it, so that lines share a run
    longest: Side = 320  # a longer line is squeezed, pixels


class TextReaderOutput(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the classes mean."""

    characters: Text = "characters.txt"  # file of the folder: one class per line; 0 is blank


class TextReaderThresholds(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tag is likelier to hold than other text, which numbers are sure, which tags dark."""

    sign: Annotated[float, Meta(ge=1)]  # a currency sign counts so many times its probability
    sure: Share  # of a price's lowest character
    bright: Annotated[float, Meta(ge=0, le=255)]  # mean grey of a tag that is read as it is


class TextReaderCard(
    CardFields, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="read_text"
):
    """Card of a network that reads one line of text."""

    decoder: Literal["ctc"]
    input: TextReaderInput
    output: TextReaderOutput = TextReaderOutput()
    thresholds: TextReaderThresholds
