"""The tables of facts: columns, order of the rows, what may be null.

Geometry is in pixels of the upright photo, origin top left.
"""

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Schema = dict[str, DataTypeClass | DataType]
_BOX: Schema = {"x1": pl.Float32, "y1": pl.Float32, "x2": pl.Float32, "y2": pl.Float32}
_QUALITY: Schema = {  # null in ERROR, and where the photo shows nothing to measure by
    "sharpness": pl.Float32,  # edges that would fit side by side across the long side
    "brightness": pl.Float32,  # mean, 0-1
    "washed_out": pl.Float32,  # share that is as good as white, 0-1
    "tilt_degrees": pl.Float32,  # above 0 = the right end of the shelves is lower
    "product_pixels": pl.Float32,  # median short side
    "product_share": pl.Float32,  # the same / long side of the photo, 0-1
    "screen_score": pl.Float32,  # how far the grid of a screen stands out; noise has about 2
    "reasons": pl.List(pl.String),  # codes of `inference.reasons`
}
TABLES: dict[str, Schema] = {
    "facings": {
        "image_id": pl.Int64,
        "facing_id": pl.Int32,  # from 0, over the scene
        **_BOX,
        "detection_score": pl.Float32,
        "rack_index": pl.Int32,  # from the left, from 0
        "shelf_index": pl.Int32,  # from the top, from 0; -1 = on no shelf
        "position_index": pl.Int32,  # from the left, from 0
        "sku_id": pl.Int64,  # null = seen, not identified
        "sku_score": pl.Float32,  # cosine to the nearest reference
        "confidence": pl.Float32,  # 0-1, that the nearest SKU is right; null = empty gallery
        "candidates": pl.List(  # the nearest SKUs with their cosines, best first, at most 5
            pl.Struct({"sku_id": pl.Int64, "score": pl.Float32})
        ),
        "ambiguous": pl.Boolean,  # not named, but a candidate may well be right; null in old facts
        "duplicate": pl.Boolean,  # the same facing in an overlapping photo
        "detector": pl.String,
        "embedder": pl.String,
    },
    "embeddings": {
        "image_id": pl.Int64,
        "facing_id": pl.Int32,
        "vector": pl.Binary,  # float16, little endian, of length 1
        "embedder": pl.String,  # the embedder's key, which vectors are tied to
    },
    "price_tags": {
        "image_id": pl.Int64,
        "tag_id": pl.Int32,  # from 0, over the scene
        **_BOX,
        "detection_score": pl.Float32,
        "shelf_index": pl.Int32,
        "prices": pl.List(  # read off the tag, the likeliest first
            pl.Struct(
                {
                    "kind": pl.String,  # regular, promo, multi_buy, unit, member
                    "amount": pl.Float64,
                    "currency": pl.String,  # null = not on the tag
                    "quantity": pl.Int32,  # of what the amount buys
                    "confidence": pl.Float32,  # 0-1
                }
            )
        ),
        "text": pl.String,  # all that was read, line by line
        "colours": pl.List(  # shares of the tag's area, the largest first
            pl.Struct({"color": pl.String, "score": pl.Float32})
        ),
        "promo": pl.Boolean,
        "barcode": pl.String,
        "facing_id": pl.Int32,  # the facing of the same photo it belongs to
        "detector": pl.String,
    },
    "gaps": {
        "image_id": pl.Int64,
        "gap_id": pl.Int32,  # from 0, over the scene
        **_BOX,  # an empty place
        "detection_score": pl.Float32,
        "shelf_index": pl.Int32,
    },
    "placements": {
        "image_id": pl.Int64,
        "homography": pl.List(pl.Float64),  # 9, row-major: photo to panorama; null = not placed
    },
    "panorama": {  # one row, or none
        "key": pl.String,  # of the picture, an object
        "width": pl.Int32,
        "height": pl.Int32,
    },
    "shelves": {
        "image_id": pl.Int64,
        "shelf_index": pl.Int32,
        **_BOX,  # a line from its left end to its right end
    },
    "photos": {
        "image_id": pl.Int64,
        "position": pl.Int32,  # in the scene, from 0
        "width": pl.Int32,
        "height": pl.Int32,
        "status": pl.String,  # READY or ERROR
        "problem": pl.String,
        "facing_count": pl.Int32,
        "capped": pl.Boolean,  # the detector found more than it may return
        **_QUALITY,
    },
}
SORTED_BY = {
    "facings": ["image_id", "shelf_index", "position_index", "facing_id"],
    "embeddings": ["image_id", "facing_id"],
    "price_tags": ["image_id", "tag_id"],
    "gaps": ["image_id", "gap_id"],
    "placements": ["image_id"],
    "panorama": ["key"],
    "shelves": ["image_id", "shelf_index"],
    "photos": ["position", "image_id"],
}
EMBEDDINGS = "embeddings"  # not for reports
LATER = {EMBEDDINGS, "gaps", "placements", "panorama"}  # facts of earlier versions lack them
_READ = {"prices", "text", "colours", "promo", "barcode", "price_tags.facing_id"}  # off a tag
NULLABLE = {  # columns of any table, or of the one named
    *("sku_id", "sku_score", "confidence", "candidates", "ambiguous", "problem", "homography"),
    *_QUALITY,
    *_READ,
}
