"""What was read off the price tags of a photo, as rows of `price_tags`."""

from dataclasses import asdict

import polars as pl

from inference.types import PhotoResult
from storage import facts

_SCHEMA = facts.TABLES["price_tags"]
_READ = {name: _SCHEMA[name] for name in ("prices", "text", "colours", "promo", "barcode")}


def tag_rows(image_id: int, result: PhotoResult, facings: pl.DataFrame) -> pl.DataFrame:
    """One row per tag of the photo, in the order of the result; not yet numbered.

    Args:
        image_id: of the photo.
        result: what was seen in it; where tags are not read, what they say is null.
        facings: numbered ones with `image_id`, `row` of the product in its photo, `facing_id`.
    """
    boxes = zip(("x1", "y1", "x2", "y2"), result.tag_boxes.T, strict=True)
    columns = {
        **dict(boxes),
        "detection_score": result.tag_scores,
        "shelf_index": result.tag_shelf_index,
        "row": pl.Series(result.tag_owners, dtype=pl.Int32),
    }
    owners = facings.filter(image_id=image_id).select("row", "facing_id")
    tags = pl.DataFrame(columns).with_columns(pl.lit(image_id).alias("image_id"), *_read(result))
    return tags.join(owners, on="row", how="left", maintain_order="left")


def _read(result: PhotoResult) -> list[pl.Series]:
    """The columns of what tags say."""
    said = [asdict(tag) for tag in result.tags] or [{}] * len(result.tag_boxes)
    rows = [{name: tag.get(name) for name in _READ} for tag in said]
    return pl.DataFrame(rows, schema=_READ).get_columns()
