"""What is drawn over a scene's photos: boxes, price tags, shelf lines.

Geometry is in pixels of the upright photo, origin top left.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl
from msgspec import Struct

from api.facing_view import place_of
from storage import facts
from storage.confirmations import Confirmation
from storage.errors import ObjectMissing
from storage.objects import ObjectStore
from storage.scenes import Scene

TABLES = ("facings", "price_tags", "gaps", "shelves", "photos")
GOLDEN_ANGLE = 137.508  # degrees of hue between one SKU and the next: neighbours look different


class Box(Struct, frozen=True):
    """A facing or a price tag on a photo."""

    x: float
    y: float
    width: float
    height: float
    colour: str  # empty = not identified
    sku_id: int | None
    title: str
    note: str
    duplicate: bool = False
    facing_id: int | None = None
    tag_id: int | None = None
    confirmed: bool = False  # by a person


class Overlay(Struct, frozen=True):
    """Everything drawn over one photo."""

    facings: list[Box]
    price_tags: list[Box]
    gaps: list[Box]  # empty places
    shelves: list[dict[str, Any]]  # x1 y1 x2 y2


EMPTY = Overlay([], [], [], [])


def colour_of(sku_id: int) -> str:
    """Choose the SKU's colour, the same on every page."""
    return f"hsl({sku_id * GOLDEN_ANGLE % 360:.0f} 85% 52%)"


def read_facts(
    objects: ObjectStore, scene: Scene, tables: Sequence[str] = TABLES
) -> dict[str, pl.DataFrame]:
    """Load tables of the scene's facts; nothing when there are none yet."""
    try:
        return {table: facts.of_scene(objects, scene, table) for table in tables}
    except ObjectMissing:
        return {}


def make_overlay(
    frames: dict[str, pl.DataFrame],
    image_id: int,
    names: dict[int, str],
    answers: dict[int, Confirmation] | None = None,
) -> Overlay:
    """Pick what lies on one photo.

    Args:
        names: SKU names by id.
        answers: what people said, by facing_id; they know better than the facts.
    """
    mine = {
        table: frame.filter(pl.col("image_id") == image_id).to_dicts()
        for table, frame in frames.items()
    }
    return Overlay(
        facings=[
            _facing(row, names, (answers or {}).get(row["facing_id"])) for row in mine["facings"]
        ],
        price_tags=[_price_tag(row) for row in mine["price_tags"]],
        gaps=[_gap(row) for row in mine["gaps"]],
        shelves=mine["shelves"],
    )


def _facing(row: dict[str, Any], names: dict[int, str], answer: Confirmation | None) -> Box:
    sku_id = answer.sku_id if answer else row["sku_id"]
    return _box(
        row,
        colour="" if sku_id is None else colour_of(sku_id),
        sku_id=sku_id,
        title=_title(sku_id, names, answer),
        note=_note(row, answer),
        duplicate=row["duplicate"],
        facing_id=row["facing_id"],
        confirmed=answer is not None,
    )


def _title(sku_id: int | None, names: dict[int, str], answer: Confirmation | None) -> str:
    if sku_id is None:
        return "None of the known SKUs" if answer else "Not identified"
    return names.get(sku_id, f"SKU {sku_id}")


def _note(row: dict[str, Any], answer: Confirmation | None) -> str:
    parts = [f"product {row['detection_score']:.0%}"]
    if row["confidence"] is not None:
        parts.append(f"SKU {row['confidence']:.0%}")
    elif row["sku_score"] is not None:
        parts.append(f"SKU {row['sku_score']:.2f}")
    notes = [place_of(row), ", ".join(parts)]
    notes += ["seen before"] if row["duplicate"] else []
    notes += ["confirmed"] if answer else []
    return " · ".join(notes)


def _price_tag(row: dict[str, Any]) -> Box:
    notes = [place_of(row), f"{row['detection_score']:.0%}", row["text"]]
    note = " · ".join(part for part in notes if part)
    return _box(row, colour="", sku_id=None, title="Price tag", note=note, tag_id=row["tag_id"])


def _gap(row: dict[str, Any]) -> Box:
    note = f"{place_of(row)} · {row['detection_score']:.0%}"
    return _box(row, colour="", sku_id=None, title="Empty place", note=note)


def _box(row: dict[str, Any], **more: Any) -> Box:
    x1, y1, x2, y2 = (round(row[side], 1) for side in ("x1", "y1", "x2", "y2"))
    return Box(x=x1, y=y1, width=round(x2 - x1, 1), height=round(y2 - y1, 1), **more)
