"""What a report type is: a name, a row struct and a pure function over named frames.

The function's parameter names are its inputs; `INPUTS` says what each name means.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
import polars as pl


@dataclass(frozen=True)
class Input:
    """One named frame a report may ask for."""

    sentence: str
    schema: dict[str, type[pl.DataType] | pl.DataType]


INPUTS: dict[str, Input] = {
    "facings": Input(
        "Facings of the scene, one row per box, pixels of the upright photo, duplicates included.",
        {
            "image_id": pl.Int64,
            "facing_id": pl.Int32,
            "x1": pl.Float32,
            "y1": pl.Float32,
            "x2": pl.Float32,
            "y2": pl.Float32,
            "detection_score": pl.Float32,
            "rack_index": pl.Int32,
            "shelf_index": pl.Int32,
            "position_index": pl.Int32,
            "sku_id": pl.Int64,
            "sku_score": pl.Float32,
            "confidence": pl.Float32,
            "candidates": pl.List(pl.Struct({"sku_id": pl.Int64, "score": pl.Float32})),
            "ambiguous": pl.Boolean,
            "duplicate": pl.Boolean,
            "detector": pl.String,
            "embedder": pl.String,
        },
    ),
    "shelves": Input(
        "Shelf lines, left to right, pixels of the upright photo; shelf_index 0 is the top.",
        {
            "image_id": pl.Int64,
            "shelf_index": pl.Int32,
            "x1": pl.Float32,
            "y1": pl.Float32,
            "x2": pl.Float32,
            "y2": pl.Float32,
        },
    ),
    "price_tags": Input(
        "Price tags, one row per box, pixels of the upright photo.",
        {
            "image_id": pl.Int64,
            "tag_id": pl.Int32,
            "x1": pl.Float32,
            "y1": pl.Float32,
            "x2": pl.Float32,
            "y2": pl.Float32,
            "detection_score": pl.Float32,
            "shelf_index": pl.Int32,
            "detector": pl.String,
        },
    ),
    "photos": Input(
        "Photos of the scene in the order they were sent; ERROR = could not be read.",
        {
            "image_id": pl.Int64,
            "position": pl.Int32,
            "width": pl.Int32,
            "height": pl.Int32,
            "status": pl.String,
            "problem": pl.String,
            "facing_count": pl.Int32,
            "capped": pl.Boolean,
            "sharpness": pl.Float32,
            "brightness": pl.Float32,
            "washed_out": pl.Float32,
            "tilt_degrees": pl.Float32,
            "product_pixels": pl.Float32,
            "product_share": pl.Float32,
            "screen_score": pl.Float32,
            "reasons": pl.List(pl.String),
        },
    ),
    "skus": Input(
        "Master data of the SKUs that occur in the facings.",
        {"sku_id": pl.Int64, "name": pl.String},
    ),
}


class UnknownInput(Exception):
    """A report asks for a frame that `INPUTS` does not name."""


class MissingColumn(Exception):
    """A frame handed to a report lacks a column that `INPUTS` promises."""


@dataclass(frozen=True)
class Report:
    """A report type.

    Args:
        name: as on the wire, `FACING_COUNT`.
        row: struct of one element of the answer; its fields are the wire names.
        compute: pure function from the named frames to a frame with the row's fields.

    Raises:
        UnknownInput: when `compute` has a parameter that `INPUTS` does not name.
    """

    name: str
    row: type[msgspec.Struct]
    compute: Callable[..., pl.DataFrame]
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read the inputs off the function's parameters."""
        names = tuple(inspect.signature(self.compute).parameters)
        for name in names:
            if name not in INPUTS:
                raise UnknownInput(f"{self.name} asks for {name!r}; known: {', '.join(INPUTS)}.")
        object.__setattr__(self, "inputs", names)

    def rows(self, frames: Mapping[str, pl.DataFrame]) -> list[msgspec.Struct]:
        """Compute the answer as structs.

        Raises:
            MissingColumn: a frame lacks a promised column.
            msgspec.ValidationError: the function's output does not fit `row`.
        """
        given = {name: _checked(name, frames[name]) for name in self.inputs}
        return msgspec.convert(self.compute(**given).to_dicts(), list[self.row])

    def render(self, frames: Mapping[str, pl.DataFrame]) -> bytes:
        """Compute the answer as JSON, the same bytes for the same facts."""
        return msgspec.json.encode(self.rows(frames))


def _checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in INPUTS[name].schema if column not in frame.columns]
    if missing:
        raise MissingColumn(f"{name} lacks {', '.join(missing)}.")
    return frame
