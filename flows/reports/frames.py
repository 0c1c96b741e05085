"""The named frames a report may ask for, by the name of its parameter.

Facts (what recognition saw) have the columns of `storage.facts`; the rest is master data, facts of
the scene before, and settings. Geometry is in pixels of the upright photo, origin top left.
"""

from dataclasses import dataclass

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Schema = dict[str, DataTypeClass | DataType]


@dataclass(frozen=True)
class Input:
    """One named frame a report may ask for."""

    sentence: str
    schema: Schema
    needs: str = ""  # the master data it comes from: display, planogram or must_have


_BOX: Schema = {"x1": pl.Float32, "y1": pl.Float32, "x2": pl.Float32, "y2": pl.Float32}
_FACINGS: Schema = {
    "image_id": pl.Int64,
    "facing_id": pl.Int32,
    **_BOX,
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
}
_PRICE = pl.Struct(
    {
        "kind": pl.String,
        "amount": pl.Float64,
        "currency": pl.String,
        "quantity": pl.Int32,
        "confidence": pl.Float32,
    }
)
_PLACEMENTS: Schema = {"image_id": pl.Int64, "homography": pl.List(pl.Float64)}
_PRICE_TAGS: Schema = {
    "image_id": pl.Int64,
    "tag_id": pl.Int32,
    **_BOX,
    "detection_score": pl.Float32,
    "shelf_index": pl.Int32,
    "prices": pl.List(_PRICE),
    "text": pl.String,
    "colours": pl.List(pl.Struct({"color": pl.String, "score": pl.Float32})),
    "promo": pl.Boolean,
    "barcode": pl.String,
    "facing_id": pl.Int32,
    "detector": pl.String,
}
_GAPS: Schema = {
    "image_id": pl.Int64,
    "gap_id": pl.Int32,
    **_BOX,
    "detection_score": pl.Float32,
    "shelf_index": pl.Int32,
}
_PHOTOS: Schema = {
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
}
_SKUS: Schema = {
    "sku_id": pl.Int64,
    "cid": pl.String,
    "name": pl.String,
    "brand": pl.String,
    "category": pl.String,
    "manufacturer": pl.String,
    "brand_id": pl.Int64,
    "category_id": pl.Int64,
    "manufacturer_id": pl.Int64,
    "image": pl.Int64,
    "size_x_mm": pl.Float64,
    "size_y_mm": pl.Float64,
    "size_z_mm": pl.Float64,
}
_PLANOGRAM: Schema = {
    "record_id": pl.Int64,
    "rack_index": pl.Int32,
    "shelf_index": pl.Int32,
    "product_index": pl.Int32,
    "facing_x": pl.Int32,
    "facing_y": pl.Int32,
    "width": pl.Int32,
    "height": pl.Int32,
    "sku_id": pl.Int64,
}

FACTS = ("facings", "shelves", "price_tags", "gaps", "photos", "placements", "panorama")  # inputs

INPUTS: dict[str, Input] = {
    "facings": Input("Facings of the scene, one row per box, duplicates included.", _FACINGS),
    "shelves": Input(
        "Shelf lines, left to right; shelf_index 0 is the top.",
        {"image_id": pl.Int64, "shelf_index": pl.Int32, **_BOX},
    ),
    "price_tags": Input(
        "Price tags, one row per box; facing_id is the facing of the same photo they belong to.",
        _PRICE_TAGS,
    ),
    "gaps": Input("Empty places on the shelves, one row per box.", _GAPS),
    "photos": Input(
        "Photos of the scene in the order they were sent; ERROR = could not be read.", _PHOTOS
    ),
    "placements": Input(
        "Where each photo lies in the panorama: row-major 3 x 3 homography from pixels of the "
        "photo to pixels of the panorama, null = not placed.",
        _PLACEMENTS,
    ),
    "panorama": Input(
        "The stitched picture of the scene, one row; none when there was nothing to stitch.",
        {"key": pl.String, "width": pl.Int32, "height": pl.Int32, "url": pl.String},
    ),
    "skus": Input(
        "SKUs of the facings, of the scene before, and of the planogram and must-have list of "
        "the scene's display; brand, category and manufacturer are names, null when unknown.",
        _SKUS,
    ),
    "planogram": Input(
        "Records of the display's planogram that name a SKU, by rack, shelf, product_index and "
        "record_id; facing_x side by side, facing_y stacked, sizes in mm.",
        _PLANOGRAM,
        needs="planogram",
    ),
    "must_have": Input(
        "Records of the display's must-have list by id; skus = the SKU, then its alternatives.",
        {"mhl_record_id": pl.Int64, "name": pl.String, "skus": pl.List(pl.Int64)},
        needs="must_have",
    ),
    "previous": Input(
        "The scene of the same display before this one that has facts, one row; none = the first.",
        {"scene_id": pl.Int64, "scene": pl.String, "created_at": pl.Datetime("us", "UTC")},
        needs="display",
    ),
    "previous_facings": Input(
        "Facings of the scene `previous`, as `facings`.", _FACINGS, needs="display"
    ),
    "previous_price_tags": Input(
        "Price tags of the scene `previous`.", _PRICE_TAGS, needs="display"
    ),
    "previous_placements": Input(
        "Where its photos lie, as `placements`.", _PLACEMENTS, needs="display"
    ),
    "options": Input(
        "Settings that change an answer, one row.",
        {"share_of_space_of": pl.String, "price_confidence": pl.Float64},
    ),
}
