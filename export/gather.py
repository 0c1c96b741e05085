"""Collects pictures and regions from the stores, scene by scene, and writes the pictures."""

import io
from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image, ImageOps

from export.pictures import Picture, Region
from storage import confirmations, crops, doubts, facings, facts, images, scenes
from storage.confirmations import Confirmation
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.facings import Row
from storage.objects import ObjectStore
from storage.records import Records
from storage.scenes import Scene

LOST = (ObjectMissing, ObjectCorrupt)
_UPRIGHT = 1  # EXIF orientation of a picture that needs no turning
_ORIENTATION = 0x0112

Answers = dict[int, Confirmation]  # by facing_id


class Gatherer:
    """Makes the pictures of an export and writes them into a folder."""

    def __init__(self, records: Records, objects: ObjectStore, folder: Path) -> None:
        """Make the folder."""
        self._records = records
        self._objects = objects
        self._folder = folder
        self._made = 0
        folder.mkdir(parents=True, exist_ok=True)

    def photos(self, since: datetime | None) -> Iterator[Picture]:
        """Every photo of the scenes, with all its facings."""
        for scene, rows, answers in self._scenes(since):
            for image_id, of_photo in rows.partition_by("image_id", as_dict=True).items():
                regions = [_region(scene, row, answers, _box(row)) for row in of_photo.to_dicts()]
                yield from self._photo(scene, int(str(image_id[0])), regions)

    def crops(self, since: datetime | None) -> Iterator[Picture]:
        """A crop of every facing that recognition was not sure of."""
        for scene, rows, answers in self._scenes(since):
            with self._records.reading() as tx:
                doubted = doubts.facing_ids(tx, scene.id)
            for row in rows.filter(pl.col("facing_id").is_in(doubted)).to_dicts():
                yield from self._crop(scene, row, answers)

    def _scenes(self, since: datetime | None) -> Generator[tuple[Scene, pl.DataFrame, Answers]]:
        """Recognised scenes, the oldest first, with their facings and what people said."""
        last = 0
        while True:
            with self._records.reading() as tx:
                found = scenes.recognised(tx, since=since, after=last)
                said = confirmations.of_scenes(tx, [scene.id for scene in found])
            if not found:
                return
            for scene in found:
                own = {one.facing_id: one for one in said if one.scene_id == scene.id}
                yield scene, self._facings(scene), own
            last = found[-1].id

    def _facings(self, scene: Scene) -> pl.DataFrame:
        ref = facings.refer(scene, 0)
        try:
            found = facts.read(
                self._objects,
                day=ref.facts_day,
                scene=ref.scene,
                revision=ref.facts_revision,
                table="facings",
            )
        except ObjectMissing:
            return pl.DataFrame(schema=facts.TABLES["facings"])
        return found.filter(~pl.col("duplicate")).sort("facing_id")

    def _photo(self, scene: Scene, image_id: int, regions: list[Region]) -> Iterator[Picture]:
        with self._records.reading() as tx:
            image = images.get(tx, image_id)
        try:
            data = images.read_photo(self._objects, image)
        except LOST:
            return
        name = f"{scene.scene}-{image_id}.jpg"
        yield self._write(name, _upright(data), scene, image_id, regions)

    def _crop(self, scene: Scene, row: Row, answers: Answers) -> Iterator[Picture]:
        facing_id = row["facing_id"]
        try:
            data = crops.read(self._objects, facings.refer(scene, facing_id))
        except LOST:
            return
        width, height = Image.open(io.BytesIO(data)).size
        region = _region(scene, row, answers, (0.0, 0.0, float(width), float(height)))
        name = f"{scene.scene}-{facing_id:05d}.jpg"
        yield self._write(name, data, scene, row["image_id"], [region])

    def _write(
        self, name: str, data: bytes, scene: Scene, image_id: int, regions: list[Region]
    ) -> Picture:
        (self._folder / name).write_bytes(data)
        width, height = Image.open(io.BytesIO(data)).size
        self._made += 1
        model = f"{scene.detector} {scene.embedder}"
        return Picture(self._made, name, width, height, image_id, model, regions)


def _region(
    scene: Scene, row: Row, answers: Answers, box: tuple[float, float, float, float]
) -> Region:
    answer = answers.get(row["facing_id"])
    return Region(
        box=box,
        scene=scene.scene,
        facing=row["facing_id"],
        said_sku_id=row["sku_id"],
        said_confidence=row["confidence"],
        answered=answer is not None,
        sku_id=answer.sku_id if answer else None,
    )


def _box(row: dict[str, Any]) -> tuple[float, float, float, float]:
    return row["x1"], row["y1"], row["x2"], row["y2"]


def _upright(data: bytes) -> bytes:
    """Turn a photo that is stored lying on its side: not every tool looks at EXIF."""
    with Image.open(io.BytesIO(data)) as photo:
        if photo.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT:
            return data
        file = io.BytesIO()
        ImageOps.exif_transpose(photo).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()
