"""Names on price tags: a tag that shows the name of a SKU near by belongs to that SKU."""

import unicodedata
from collections import defaultdict
from itertools import pairwise
from typing import Any

import polars as pl

_LETTERS = 5  # a shorter text is no name
_LIKE = 0.7  # share of a text's pairs of letters that the name has, from which on it is the name
_BETTER = 0.2  # so much more alike than the SKU that stands nearest
_NEAR = 4.0  # widths of the tag: how far to the side a facing is looked at
_NO_NAME: frozenset[str] = frozenset()

_Shelf = tuple[int, int]  # image_id, shelf_index


def named_by_text(
    tags: pl.DataFrame, facings: pl.DataFrame, skus: pl.DataFrame
) -> dict[tuple[int, int], int]:
    """Find the tags whose text names another SKU than that of their facing.

    Returns:
        (image_id, tag_id) to facing_id: the nearest facing of that SKU on the tag's shelf.
    """
    worded = tags.filter(pl.col("text").str.count_matches(r"\p{L}") >= _LETTERS)
    if worded.is_empty():
        return {}
    names = {sku: _pairs(name) for sku, name in skus.select("sku_id", "name").iter_rows()}
    shelves = _by_shelf(facings)
    found = {
        (tag["image_id"], tag["tag_id"]): _named(tag, shelves[_shelf(tag)], names)
        for tag in worded.iter_rows(named=True)
    }
    return {tag: facing for tag, facing in found.items() if facing is not None}


def _by_shelf(facings: pl.DataFrame) -> dict[_Shelf, list[dict[str, Any]]]:
    """Identified facings by photo and shelf, none where there are none."""
    wanted = ("image_id", "shelf_index", "facing_id", "sku_id", "x1", "x2")
    known = facings.filter(pl.col("sku_id").is_not_null()).select(wanted)
    shelves: dict[_Shelf, list[dict[str, Any]]] = defaultdict(list)
    for facing in known.iter_rows(named=True):
        shelves[_shelf(facing)].append(facing)
    return shelves


def _shelf(box: dict[str, Any]) -> _Shelf:
    return box["image_id"], box["shelf_index"]


def _named(
    tag: dict[str, Any], facings: list[dict[str, Any]], names: dict[int, frozenset[str]]
) -> int | None:
    """The facing of the shelf whose SKU the tag names; None = its own, or nobody's."""
    reach = _NEAR * (tag["x2"] - tag["x1"])
    beside = [facing for facing in facings if _aside(tag, facing) <= reach]
    if not beside:
        return None
    alike = {f["sku_id"]: _likeness(tag["text"], names.get(f["sku_id"], _NO_NAME)) for f in beside}
    own = next((f["sku_id"] for f in beside if f["facing_id"] == tag["facing_id"]), None)
    best = max(alike, key=lambda sku: (alike[sku], -sku))
    if best == own or alike[best] < max(_LIKE, alike.get(own, 0.0) + _BETTER):
        return None
    there = [facing for facing in beside if facing["sku_id"] == best]
    return min(there, key=lambda f: (_aside(tag, f), f["facing_id"]))["facing_id"]


def _aside(tag: dict[str, Any], facing: dict[str, Any]) -> float:
    return abs(facing["x1"] + facing["x2"] - tag["x1"] - tag["x2"]) / 2


def _likeness(text: str, name: frozenset[str]) -> float:
    """Of the text's line that is most like the name: share of its pairs of letters, 0-1."""
    lines = [pairs for line in text.split("\n") if len(pairs := _pairs(line)) >= _LETTERS - 1]
    return max((len(pairs & name) / len(pairs) for pairs in lines), default=0.0)


def _pairs(text: str | None) -> frozenset[str]:
    """Letters that follow each other; case, width, digits and signs do not count."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    letters = [character for character in plain if character.isalpha()]
    return frozenset(a + b for a, b in pairwise(letters))
