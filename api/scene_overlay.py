"""What is drawn over a scene's photos: boxes, price tags, shelf lines.

Geometry is in pixels of the upright photo, origin top left.
"""

from functools import partial
from typing import Any

import polars as pl
from msgspec import Struct

from storage import facts
from storage.errors import ObjectMissing
from storage.objects import ObjectStore
from storage.scenes import Scene

TABLES = ("facings", "price_tags", "shelves", "photos")
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


class Overlay(Struct, frozen=True):
    """Everything drawn over one photo."""

    facings: list[Box]
    price_tags: list[Box]
    shelves: list[dict[str, Any]]  # x1 y1 x2 y2


EMPTY = Overlay([], [], [])


def colour_of(sku_id: int) -> str:
    """Choose the SKU's colour, the same on every page."""
    return f"hsl({sku_id * GOLDEN_ANGLE % 360:.0f} 85% 52%)"


def read_facts(objects: ObjectStore, scene: Scene) -> dict[str, pl.DataFrame]:
    """Load the scene's facts; nothing when there are none yet."""
    if scene.facts_revision is None or scene.facts_day is None:
        return {}
    read = partial(
        facts.read,
        objects,
        day=scene.facts_day,
        scene=scene.scene,
        revision=scene.facts_revision,
    )
    try:
        return {table: read(table=table) for table in TABLES}
    except ObjectMissing:
        return {}


def make_overlay(frames: dict[str, pl.DataFrame], image_id: int, names: dict[int, str]) -> Overlay:
    """Pick what lies on one photo.

    Args:
        names: SKU names by id.
    """
    mine = {
        table: frame.filter(pl.col("image_id") == image_id).to_dicts()
        for table, frame in frames.items()
    }
    return Overlay(
        facings=[_facing(row, names) for row in mine["facings"]],
        price_tags=[_price_tag(row) for row in mine["price_tags"]],
        shelves=mine["shelves"],
    )


def _facing(row: dict[str, Any], names: dict[int, str]) -> Box:
    sku_id = row["sku_id"]
    title = "Not identified" if sku_id is None else names.get(sku_id, f"SKU {sku_id}")
    sure = [f"product {row['detection_score']:.0%}"]
    if row["sku_score"] is not None:
        sure.append(f"SKU {row['sku_score']:.2f}")
    note = f"{_place(row)} · {', '.join(sure)}"
    return _box(
        row,
        colour="" if sku_id is None else colour_of(sku_id),
        sku_id=sku_id,
        title=title,
        note=f"{note} · seen before" if row["duplicate"] else note,
        duplicate=row["duplicate"],
    )


def _price_tag(row: dict[str, Any]) -> Box:
    note = f"{_place(row)} · {row['detection_score']:.0%}"
    return _box(row, colour="", sku_id=None, title="Price tag", note=note)


def _place(row: dict[str, Any]) -> str:
    if row["shelf_index"] < 0:
        return "on no shelf"
    place = f"shelf {row['shelf_index'] + 1}"
    return f"{place}, position {row['position_index'] + 1}" if "position_index" in row else place


def _box(row: dict[str, Any], **more: Any) -> Box:
    x1, y1, x2, y2 = (round(row[side], 1) for side in ("x1", "y1", "x2", "y2"))
    return Box(x=x1, y=y1, width=round(x2 - x1, 1), height=round(y2 - y1, 1), **more)
