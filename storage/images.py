"""Uploaded photos: one row per upload, one object per distinct content."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.sql.dml import ReturningInsert

from storage import tables
from storage.errors import NotFound, ObjectCorrupt
from storage.objects import ObjectStore
from storage.records import insert_in

_images = tables.images.c
_OLDEST = (
    select(tables.images).where(_images.sha256 == bindparam("of")).order_by(_images.id).limit(1)
)
_KNOWN = select(_images.id).where(_images.id.in_(bindparam("ids", expanding=True)))
_ADDING_AGAIN = tables.images.insert().returning(tables.images)
_HOLDING_FIRST = (
    select(_images.id)
    .where(_images.sha256 == bindparam("of"), ~_images.duplicate)
    .with_for_update(read=True, key_share=True)
)


class Image(msgspec.Struct, frozen=True):
    """An uploaded photo; width and height are pixels of the upright photo."""

    id: int
    sha256: str
    width: int
    height: int
    size_bytes: int
    key: str
    duplicate: bool  # these bytes had been uploaded before
    created_at: datetime


def image_key(sha256: str) -> str:
    """Name the object of these bytes."""
    return f"images/{sha256[:2]}/{sha256}.jpg"


def add(  # noqa: PLR0913 (keyword-only)
    tx: Connection, *, sha256: str, width: int, height: int, size_bytes: int, now: datetime
) -> Image:
    """Record an upload under a new id.

    Of several uploads of the same bytes, even at the same moment, exactly one is not a duplicate:
    a partial unique index decides. While `storage.old_photos` removes the photo, who uploads it
    again waits: afterwards the bytes may be gone.
    """
    values = {
        "sha256": sha256,
        "width": width,
        "height": height,
        "size_bytes": size_bytes,
        "key": image_key(sha256),
        "created_at": now,
    }
    first = tx.execute(_adding(tx.dialect.name), {**values, "duplicate": False}).mappings().first()
    if first is None:
        tx.execute(_HOLDING_FIRST, {"of": sha256}).all()
        first = tx.execute(_ADDING_AGAIN, {**values, "duplicate": True}).mappings().one()
    return Image(**first)


@cache
def _adding(dialect: str) -> ReturningInsert[Any]:
    """Make the statement that adds what is no duplicate, and nothing else."""
    return insert_in(dialect, tables.images).on_conflict_do_nothing().returning(tables.images)


def get(tx: Connection, image_id: int) -> Image:
    """Read one upload.

    Raises:
        NotFound: when the id was never given out.
    """
    row = tx.execute(select(tables.images).filter_by(id=image_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no image {image_id}.")
    return Image(**row)


def find_by_sha(tx: Connection, sha256: str) -> Image | None:
    """Find the first upload of these bytes."""
    row = tx.execute(_OLDEST, {"of": sha256}).mappings().first()
    return Image(**row) if row else None


def known(tx: Connection, image_ids: Iterable[int]) -> set[int]:
    """Tell which of these ids are uploads."""
    return set(tx.scalars(_KNOWN, {"ids": list(image_ids)}))


def read_photo(objects: ObjectStore, image: Image) -> bytes:
    """Fetch the photo's bytes and check them.

    Raises:
        ObjectMissing: when nothing is stored under the image's key.
        ObjectCorrupt: when the bytes are not those that were uploaded.
    """
    data = objects.get(image.key)
    if hashlib.sha256(data).hexdigest() != image.sha256:
        raise ObjectCorrupt(f"The stored photo of image {image.id} is damaged.")
    return data
