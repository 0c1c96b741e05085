"""What a scene's reports say of places in its photos: right, wrong and missing products, prices.

Geometry is in pixels of the upright photo, origin top left.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

RIGHT, WRONG, MISSING, EXTRA = "right", "wrong", "missing", "extra"
_TITLES = {RIGHT: "As planned", WRONG: "Not as planned", MISSING: "Missing", EXTRA: "Not planned"}

Body = dict[str, Any]


class Mark(Struct, frozen=True):
    """A place of the planogram, or a product that has none."""

    kind: str  # right, wrong, missing or extra
    x: int
    y: int
    width: int
    height: int
    title: str
    note: str


class Bubble(Struct, frozen=True):
    """The price that a tag shows."""

    tag_id: int
    text: str
    promo: bool
    sure: bool


class Picture(Struct, frozen=True):
    """The panorama."""

    url: str  # on this server
    width: int
    height: int
    placed: int  # photos in it


def planogram_marks(body: Body, names: Mapping[int, str]) -> dict[int, list[Mark]]:
    """Marks of PLANOGRAM_COMPLIANCE by image id; what is wrong lies over what is right."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    wrong = {_id(box): action for action in body["actions"] for box in _boxes(action["from"])}
    for record in body["records"]:
        name = _name(record["sku_id"], names)
        for box in record["boxes"]:
            action = wrong.get(_id(box))
            _add(marks, WRONG if action else RIGHT, box, name, _note(action, names))
        for box in record["missing"]:
            _add(marks, MISSING, box, name, f"{record['planned']} planned")
    for extra in body["extra_products"]:
        for box in extra["boxes"]:
            name, action = _name(extra["sku_id"], names), wrong.get(_id(box))
            _add(marks, EXTRA, box, name, _note(action, names))
    return marks


def _add(marks: dict[int, list[Mark]], kind: str, box: Body, name: str, note: str) -> None:
    size = box["x2"] - box["x1"], box["y2"] - box["y1"]
    words = " · ".join(part for part in (_TITLES[kind], note) if part)
    marks[box["image"]].append(Mark(kind, box["x1"], box["y1"], *size, name, words))


def _boxes(source: Body | None) -> Iterable[Body]:
    return source["boxes"] if source else ()


def _id(box: Body) -> tuple[int, int]:
    return box["image"], box["facing_id"]


def _note(action: Body | None, names: Mapping[int, str]) -> str:
    """What is to be done with the product."""
    if action is None:
        return ""
    place = action["to"]
    where = f" to shelf {place['shelf_index'] + 1}" if place and action["action"] == "MOVE" else ""
    what = f" by {_name(action['sku_id'], names)}" if action["action"] == "REPLACE" else ""
    return f"{action['action'].lower()}{what}{where}"


def _name(sku_id: int, names: Mapping[int, str]) -> str:
    return names.get(sku_id, f"SKU {sku_id}")


def price_bubbles(rows: list[Body], sure: float = 0.5) -> dict[int, Bubble]:
    """Prices of PRICE_TAGS by tag_id; tags without a price have none.

    Args:
        sure: confidence below which a price is marked.
    """
    return {
        row["result_pricetag"]: Bubble(
            tag_id=row["result_pricetag"],
            text=f"{row['price']:.2f}".removesuffix(".00"),
            promo=row["promo"],
            sure=row["prices"][0]["confidence"] >= sure,
        )
        for row in rows
        if row["price"] is not None
    }


def picture(body: Body) -> Picture | None:
    """The picture of PANORAMA; None when nothing was stitched."""
    if not body["image_url"]:
        return None
    link = urlsplit(body["image_url"])
    return Picture(f"{link.path}?{link.query}", body["width"], body["height"], len(body["photos"]))
