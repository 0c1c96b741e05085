"""Frames as text tables, so that a case reads like a specification."""

import polars as pl

from flows.reports.frames import INPUTS

_DEFAULTS = {
    "x1": "0",
    "y1": "0",
    "x2": "10",
    "y2": "10",
    "image_id": "1",
    "rack_index": "0",
    "ambiguous": "false",
    "duplicate": "false",
    "sku_id": "-",
    "sku_score": "-",
    "confidence": "-",
    "candidates": "-",
    "detector": "d-1",
    "embedder": "e-1",
    "status": "READY",
    "problem": "-",
    "capped": "false",
    "reasons": "-",
    "prices": "-",
    "text": "-",
    "colours": "-",
    "promo": "false",
    "barcode": "-",
    "homography": "-",
    "cid": "-",
    "brand": "-",
    "category": "-",
    "manufacturer": "-",
    "brand_id": "-",
    "category_id": "-",
    "manufacturer_id": "-",
    "image": "-",
    "size_x_mm": "-",
    "size_y_mm": "-",
    "size_z_mm": "-",
    "facing_x": "1",
    "facing_y": "1",
}


def frame(name: str, text: str = "") -> pl.DataFrame:
    """Build the named input from a table; columns left out get a harmless value, `-` is null."""
    schema = INPUTS[name].schema
    lines = [line.split() for line in text.strip().splitlines()]
    header, rows = (lines[0], lines[1:]) if lines else ([], [])
    cells = {column: [row[header.index(column)] for row in rows] for column in header}
    for column in schema:
        numbered = [str(number) for number in range(len(rows))]
        fallback = [_DEFAULTS[column]] * len(rows) if column in _DEFAULTS else numbered
        cells.setdefault(column, fallback)
    texts = pl.DataFrame({c: cells[c] for c in schema}, schema=dict.fromkeys(schema, pl.String))
    return texts.select(_parse(column, kind) for column, kind in schema.items())


def _parse(column: str, kind: type[pl.DataType] | pl.DataType) -> pl.Expr:
    text = pl.when(pl.col(column) != "-").then(pl.col(column))
    if isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct):
        return pl.lit(None, kind).alias(column)  # more than a text table can say
    if isinstance(kind, pl.List):
        return text.str.split(",").cast(kind).alias(column)
    if isinstance(kind, pl.Datetime):
        return text.str.to_datetime(time_unit="us", time_zone="UTC").alias(column)
    if kind is pl.Boolean:
        return (text == "true").alias(column)
    return text.cast(kind).alias(column)
