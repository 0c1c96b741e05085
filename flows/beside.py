"""The photos of a scene side by side: facings seen twice, where each photo lies, the panorama."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from flows.scene_facts import Frames
from inference.duplicates import View
from inference.image import decode
from inference.stitch import NEAR, Stitched, stitch
from inference.types import Keypoints, Pixels
from storage import facts, panoramas
from storage.objects import ObjectStore
from storage.reports import READY
from storage.scenes import Scene

_BOX = ("x1", "y1", "x2", "y2")

ReadJpeg = Callable[[int], bytes]  # by image_id


def put_beside(
    tables: Frames,
    objects: ObjectStore,
    points: Mapping[int, Keypoints],
    read: ReadJpeg,
    near: int = NEAR,
) -> Frames:
    """Fill in what several photos of a scene say together; facts of one photo stay as they are.

    Args:
        tables: as `scene_facts.join` makes them.
        objects: where the panorama goes.
        points: of each photo that could be read, by image_id.
        read: gives the JPEG of such a photo.
        near: photos after each other that are likely to overlap, where there are many.

    Returns:
        The tables with `facings.duplicate`, `placements` and `panorama`.
    """
    photos = tables["photos"].filter(status=READY)
    image_ids: list[int] = photos["image_id"].to_list()
    views = [_view(tables, photo) for photo in photos.iter_rows(named=True)]

    def pixels(number: int, at_least: int) -> Pixels:
        return decode(read(image_ids[number]), at_least=at_least)

    stitched = stitch(views, [points[image_id] for image_id in image_ids], pixels, near)
    return {
        **tables,
        "facings": _marked(tables["facings"], image_ids, stitched),
        "placements": _placements(tables["photos"], image_ids, stitched),
        "panorama": _panorama(stitched, objects),
    }


def near_in_order(scene: Scene) -> int:
    """Photos of a grid that touch are this near in order, if they were taken row by row or so."""
    stack = max(scene.panorama_stack_height or 0, scene.panorama_stack_width or 0)
    low = min(scene.panorama_stack_height or 0, scene.panorama_stack_width or 0)
    return NEAR if low <= 1 else max(NEAR, 2 * stack - 1)


def _view(tables: Frames, photo: dict[str, int]) -> View:
    facings = tables["facings"].filter(image_id=photo["image_id"])
    embedded = facings.join(tables["embeddings"], on="facing_id", maintain_order="left")
    vectors = np.frombuffer(b"".join(embedded["vector"]), "<f2").astype(np.float32)
    named = pl.when(pl.col("sku_id").is_not_null()).then("confidence").fill_null(0.0)
    lines = tables["shelves"].filter(image_id=photo["image_id"]).sort("shelf_index")
    return View(
        width=photo["width"],
        height=photo["height"],
        boxes=facings.select(_BOX).to_numpy().astype(np.float32),
        vectors=vectors.reshape(len(facings), len(vectors) // max(len(facings), 1)),
        confidences=facings.select(named).to_series().to_numpy().astype(np.float32),
        lines=lines.select(_BOX).to_numpy().astype(np.float32),
    )


def _marked(facings: pl.DataFrame, image_ids: list[int], stitched: Stitched) -> pl.DataFrame:
    """The facings, those counted elsewhere marked; rows of a photo are in the order of its view."""
    parts = [
        facings.filter(image_id=image_id).with_columns(pl.Series("duplicate", again))
        for image_id, again in zip(image_ids, stitched.duplicates, strict=True)
    ]
    return pl.concat(parts).select(facings.columns)


def _placements(photos: pl.DataFrame, image_ids: list[int], stitched: Stitched) -> pl.DataFrame:
    found = stitched.plane.homographies if stitched.plane else [None] * len(image_ids)
    placed = {
        image_id: homography.ravel().tolist()
        for image_id, homography in zip(image_ids, found, strict=True)
        if homography is not None
    }
    rows = [(image_id, placed.get(image_id)) for image_id in photos["image_id"].to_list()]
    return pl.DataFrame(rows, schema=facts.TABLES["placements"], orient="row")


def _panorama(stitched: Stitched, objects: ObjectStore) -> pl.DataFrame:
    schema = facts.TABLES["panorama"]
    if stitched.plane is None or stitched.panorama is None:
        return pl.DataFrame(schema=schema)
    key = panoramas.store(objects, stitched.panorama)
    row = (key, stitched.plane.width, stitched.plane.height)
    return pl.DataFrame([row], schema=schema, orient="row")
