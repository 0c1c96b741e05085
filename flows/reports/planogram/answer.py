"""What an answer about a planogram is made of."""

import msgspec
import polars as pl


class Box(msgspec.Struct, frozen=True):
    """A facing; whole pixels of the upright photo."""

    image: int
    facing_id: int
    x1: int
    y1: int
    x2: int
    y2: int


class EmptyPlace(msgspec.Struct, frozen=True):
    """Where missing faces should stand; whole pixels of the upright photo."""

    image: int
    x1: int
    y1: int
    x2: int
    y2: int


class Record(msgspec.Struct, frozen=True):
    """One record of the planogram; counts in faces."""

    record_id: int
    sku_id: int
    rack_index: int
    shelf_index: int
    product_index: int
    planned: int
    in_view: int  # of the planned
    found: int  # of its SKU: in its place, beside it, or standing elsewhere
    correct: int  # in its place
    unnamed: int  # places on which something stands that was not identified
    status: str  # CORRECT, WRONG_FACINGS, MISPLACED, SUBSTITUTED, MISSING or NOT_IN_VIEW
    instead: list[int]  # other SKUs that stand in its place, ascending
    boxes: list[Box]  # of its SKU, `found` of them
    instead_boxes: list[Box]
    missing: list[EmptyPlace]  # places in view on which nothing stands, one box per photo


class Place(msgspec.Struct, frozen=True):
    """A place in the planogram."""

    record_id: int
    sku_id: int
    rack_index: int
    shelf_index: int
    product_index: int


class Source(msgspec.Struct, frozen=True):
    """What stands where it should not."""

    sku_id: int
    boxes: list[Box]


class Action(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """One thing to do with faces of a SKU.

    `faces_gained` = correctly placed faces afterwards minus now. `from` is null for ADD, `to` for
    REMOVE.
    """

    action: str  # ADD, REMOVE, MOVE or REPLACE
    sku_id: int  # to put there, or to take away
    faces: int
    faces_gained: int
    source: Source | None
    target: Place | None


def boxes_of(facings: pl.DataFrame) -> list[Box]:
    """The box of each facing."""
    sides = [pl.col(side).round().cast(pl.Int64) for side in ("x1", "y1", "x2", "y2")]
    return [Box(*row) for row in facings.select("image_id", "facing_id", *sides).iter_rows()]


def places_of(planogram: pl.DataFrame) -> list[Place]:
    """The place of each record."""
    return [Place(*row) for row in planogram.select(Place.__struct_fields__).iter_rows()]
