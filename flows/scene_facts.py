"""From what was seen in each photo to the facts of the scene."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.tag_facts import tag_rows
from inference.reasons import reasons
from inference.types import Floats, PhotoResult, Shortlists
from storage import facts
from storage.quality import NUMBERS, Quality, Reason
from storage.reports import ERROR, READY
from storage.scenes import ScenePhoto

Frames = dict[str, pl.DataFrame]
_NUMBERED: facts.Schema = {
    **facts.TABLES["facings"],
    **facts.TABLES["embeddings"],
    "row": pl.Int32,  # of the product in its photo
    "unsure": pl.Boolean,
    "crop": pl.Binary,
}
RACK = 0  # every photo shows one rack until racks are told apart


@dataclass(frozen=True)
class Seen:
    """One photo and what was seen in it, or why nothing was."""

    photo: ScenePhoto
    result: PhotoResult | None
    problem: str | None = None
    fetch_milliseconds: float = 0.0

    @property
    def quality(self) -> Quality | None:
        """What the photo was worth to recognition, as it is stored."""
        if self.result is None:
            return None
        measured = self.result.quality
        found = [Reason(reason.code, reason.advice) for reason in reasons(measured)]
        return Quality(**{name: getattr(measured, name) for name in NUMBERS}, reasons=found)


def join(seen: Sequence[Seen], *, detector: str, embedder: str, embedder_key: str) -> Frames:
    """Put the photos of a scene together as the tables of `storage.facts`.

    Facings and tags are numbered over the scene, photo by photo, by shelf and position.

    Args:
        detector, embedder: name and version.
        embedder_key: what the vectors are tied to.
    """
    read = [(one.photo.image.id, one.result) for one in seen if one.result]
    models = {"detector": pl.lit(detector), "embedder": pl.lit(embedder)}
    facings = number_facings(seen)
    key = {"embedder": pl.lit(embedder_key)}
    return {
        "facings": _select("facings", facings, models),
        "embeddings": _select("embeddings", facings, key),
        "price_tags": _table(
            "price_tags", [tag_rows(*one, facings) for one in read], "tag_id", models
        ),
        "gaps": _table("gaps", [_gaps(*one) for one in read], "gap_id"),
        "placements": pl.DataFrame(schema=facts.TABLES["placements"]),
        "panorama": pl.DataFrame(schema=facts.TABLES["panorama"]),
        "shelves": _table("shelves", [_shelves(*one) for one in read]),
        "photos": _table("photos", [_photos(seen)]),
    }


def number_facings(seen: Sequence[Seen]) -> pl.DataFrame:
    """The facings of the scene as facts number them, with all that recognition says of each."""
    photos = [_facings(one.photo.image.id, one.result) for one in seen if one.result]
    return _stack(photos, "facing_id") if photos else pl.DataFrame(schema=_NUMBERED)


def _facings(image_id: int, result: PhotoResult) -> pl.DataFrame:
    """Rows of the photo's facings, with the columns of their embeddings and of doubts."""
    known = result.shortlists.sku_ids[:, 0] >= 0
    return pl.DataFrame(
        {
            **_box(result.boxes),
            "detection_score": result.scores,
            "shelf_index": result.shelf_index,
            "position_index": result.position_index,
            "sku_id": result.sku_ids,
            "sku_score": result.shortlists.scores[:, 0],
            "confidence": pl.Series(result.confidences).set(pl.Series(~known), None),
            "ambiguous": result.ambiguous,
            "candidates": _candidates(result.shortlists),
            "vector": [vector.tobytes() for vector in result.vectors.astype("<f2")],
            "row": range(len(result.boxes)),
            "unsure": result.unsure,
            "crop": result.crops,
        },
        schema_overrides={
            name: _NUMBERED[name] for name in ("candidates", "vector", "row", "crop")
        },
    ).select(
        pl.all().exclude("sku_id"),
        pl.when(pl.col("sku_id") >= 0).then("sku_id").alias("sku_id"),
        pl.lit(image_id).alias("image_id"),
        pl.lit(RACK).alias("rack_index"),
        pl.lit(False).alias("duplicate"),
    )


def _candidates(shortlists: Shortlists) -> list[list[dict[str, float]]]:
    """The SKUs of each shortlist that there are, best first."""
    rows = zip(shortlists.sku_ids.tolist(), shortlists.scores.tolist(), strict=True)
    return [
        [{"sku_id": i, "score": s} for i, s in zip(ids, scores, strict=True) if i >= 0]
        for ids, scores in rows
    ]


def _gaps(image_id: int, result: PhotoResult) -> pl.DataFrame:
    columns = {"detection_score": result.gap_scores, "shelf_index": result.gap_shelf_index}
    gaps = pl.DataFrame({**_box(result.gap_boxes), **columns})
    return gaps.with_columns(pl.lit(image_id).alias("image_id"))


def _shelves(image_id: int, result: PhotoResult) -> pl.DataFrame:
    lines = pl.DataFrame(_box(result.lines)).with_row_index("shelf_index")
    return lines.with_columns(pl.lit(image_id).alias("image_id"))


def _photos(seen: Sequence[Seen]) -> pl.DataFrame:
    return pl.DataFrame([_photo(one) for one in seen], schema=facts.TABLES["photos"])


def _photo(seen: Seen) -> dict[str, object]:
    result, image = seen.result, seen.photo.image
    return {
        "image_id": image.id,
        "position": seen.photo.position,
        "width": image.width,
        "height": image.height,
        "status": READY if result else ERROR,
        "problem": seen.problem,
        "facing_count": len(result.boxes) if result else 0,
        "capped": result.capped if result else False,
        **_quality(seen.quality),
    }


def _quality(quality: Quality | None) -> dict[str, object]:
    """Columns of the photo's quality: numbers, and the codes of the reasons."""
    if quality is None:
        return {}
    numbers = {name: getattr(quality, name) for name in NUMBERS}
    return {**numbers, "reasons": [reason.code for reason in quality.reasons]}


def _box(boxes: Floats) -> dict[str, Floats]:
    return dict(zip(("x1", "y1", "x2", "y2"), boxes.T, strict=True))


def _table(
    name: str,
    photos: list[pl.DataFrame],
    number: str | None = None,
    constants: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """Put the photos' rows under each other, number them, give them the table's columns.

    Args:
        photos: rows of each photo, in the order of the photos.
        number: column that numbers the rows over the scene.
        constants: columns that are the same in every row; those the table lacks are left out.
    """
    if not photos:
        return pl.DataFrame(schema=facts.TABLES[name])
    return _select(name, _stack(photos, number), constants or {})


def _stack(photos: list[pl.DataFrame], number: str | None) -> pl.DataFrame:
    """Sort each photo's rows, put them under each other and number them over the scene."""
    order = [c for c in ("shelf_index", "position_index", "x1", "y1") if c in photos[0].columns]
    rows = pl.concat([photo.sort(order) if order else photo for photo in photos])
    return rows.with_row_index(number) if number else rows


def _select(name: str, rows: pl.DataFrame, constants: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Give the rows the columns of a table of facts; what nobody said is null."""
    schema = facts.TABLES[name]
    rows = rows.with_columns(**{c: e for c, e in constants.items() if c in schema})
    rows = rows.with_columns(pl.lit(None).alias(c) for c in schema if c not in rows.columns)
    return rows.select(pl.col(column).cast(kind) for column, kind in schema.items())
