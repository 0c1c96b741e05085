"""Recognition errors: what clients say was recognised wrongly, open until a person closes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select, update

from storage import images, tables
from storage.errors import NotFound, UnknownImages

_errors, _scenes = tables.recognition_errors, tables.scenes


class RecognitionError(msgspec.Struct, frozen=True):
    """A client's word that a SKU was recognised wrongly in a scene."""

    id: int
    scene_id: int
    scene: str  # its UUID of 32 hex digits
    sku_gid: int  # as the client names the SKU; may be none of the catalogue
    message: str | None
    images: list[int]  # uploaded photos that prove it
    created_at: datetime
    closed_at: datetime | None


def add_error(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    sku_gid: int,
    message: str | None,
    image_ids: Sequence[int],
    now: datetime,
) -> int:
    """Record an error and give its id; the same words said again while it is open change nothing.

    Raises:
        UnknownImages: names the photos that were never uploaded.
    """
    proof = check_proof(tx, image_ids)
    said = {"scene_id": scene_id, "sku_gid": sku_gid, "message": message}
    query = select(_errors.c.id, _errors.c.images).filter_by(**said, closed_at=None)
    if same := [row.id for row in tx.execute(query.order_by(_errors.c.id)) if row.images == proof]:
        return same[0]
    row = _errors.insert().values(**said, images=proof, created_at=now)
    return tx.execute(row.returning(_errors.c.id)).scalar_one()


def check_proof(tx: Connection, image_ids: Sequence[int]) -> list[int]:
    """Name each photo once; UnknownImages when some were never uploaded."""
    proof = list(dict.fromkeys(image_ids))
    known = images.known(tx, proof)
    if unknown := [image_id for image_id in proof if image_id not in known]:
        raise UnknownImages(unknown)
    return proof


def open_errors(tx: Connection, *, limit: int, offset: int) -> tuple[int, list[RecognitionError]]:
    """Count the open errors and list some, the newest first."""
    is_open = _errors.c.closed_at.is_(None)
    count = tx.execute(select(func.count()).select_from(_errors).where(is_open)).scalar_one()
    newest = _select().where(is_open).order_by(_errors.c.id.desc()).limit(limit).offset(offset)
    return count, [RecognitionError(**row) for row in tx.execute(newest).mappings()]


def close_error(tx: Connection, error_id: int, *, now: datetime) -> RecognitionError:
    """Close an error; one that is closed stays as it is.

    Raises:
        NotFound: when there is no such error.
    """
    still_open = (_errors.c.id == error_id) & _errors.c.closed_at.is_(None)
    tx.execute(update(_errors).where(still_open).values(closed_at=now))
    row = tx.execute(_select().where(_errors.c.id == error_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no recognition error {error_id}.")
    return RecognitionError(**row)


def _select() -> Select[Any]:
    return select(_errors, _scenes.c.scene).join(_scenes, _scenes.c.id == _errors.c.scene_id)
