"""References: the pictures SKUs are recognised by.

A reference is a picture, or a box in one, that shows one SKU and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    select,
)

from storage import galleries, images, tables
from storage.errors import NotFound, UnknownImages
from storage.images import Image
from storage.records import insert

PACKSHOT, PICTURE, FACING, UNKNOWN = "packshot", "picture", "facing", "unknown"
WHOLE = ""  # the crop that is the whole picture

_skus, _references, _images = tables.skus, tables.sku_references, tables.images
_vectors = tables.vectors

Box = tuple[int, int, int, int]


class Reference(msgspec.Struct, frozen=True):
    """A picture, or a box in one, that shows one SKU and nothing else."""

    id: int
    sku_id: int
    image_id: int
    crop: str  # "" = the whole picture, else "x1,y1,x2,y2" in pixels of the upright photo
    source: str  # packshot, picture, facing or unknown: where it comes from
    created_at: datetime

    @property
    def box(self) -> Box | None:
        """The box in pixels of the upright photo; None = the whole picture."""
        if not self.crop:
            return None
        x1, y1, x2, y2 = map(int, self.crop.split(","))
        return x1, y1, x2, y2


class PicturedReference(msgspec.Struct, frozen=True):
    """A reference with its picture, and what the embedder in use made of it."""

    reference: Reference
    image: Image
    embedded: bool  # the embedder looked at it
    problem: str | None  # why it has no vector


def crop_of(box: Sequence[float]) -> str:
    """Write a box as a crop: whole pixels, rounded."""
    return ",".join(str(round(side)) for side in box)


def add(  # noqa: PLR0913 (keyword-only)
    tx: Connection, sku_id: int, image_id: int, *, crop: str = WHOLE, source: str, now: datetime
) -> Reference:
    """Record a reference; the same picture again is the reference there is.

    Raises:
        NotFound: when there is no such SKU.
        UnknownImages: when the picture was never uploaded.
    """
    if tx.scalar(select(_skus.c.id).filter_by(id=sku_id)) is None:
        raise NotFound(f"There is no SKU {sku_id}.")
    if not images.known(tx, [image_id]):
        raise UnknownImages([image_id])
    own = {"sku_id": sku_id, "image_id": image_id, "crop": crop}
    row = insert(tx, _references).values(**own, source=source, created_at=now)
    tx.execute(row.on_conflict_do_nothing())
    found = tx.execute(select(_references).filter_by(**own)).mappings().one()
    return Reference(**found)


def of_sku(tx: Connection, sku_id: int) -> list[Reference]:
    """List the references of a SKU, the oldest first."""
    query = select(_references).filter_by(sku_id=sku_id).order_by(_references.c.id)
    return [Reference(**row) for row in tx.execute(query).mappings()]


def pictured(
    tx: Connection, sku_id: int, *, limit: int, offset: int = 0
) -> list[PicturedReference]:
    """List references of a SKU with their pictures, the oldest first."""
    query = _pictured(galleries.in_use(tx) or "").where(_references.c.sku_id == sku_id)
    query = query.order_by(_references.c.id).limit(limit).offset(offset)
    return [_read(row) for row in tx.execute(query)]


def first_of(tx: Connection, sku_ids: Sequence[int]) -> list[PicturedReference]:
    """Choose one reference of each of these SKUs, its oldest."""
    oldest = select(func.min(_references.c.id)).where(_references.c.sku_id.in_(sku_ids))
    query = _pictured(galleries.in_use(tx) or "").where(
        _references.c.id.in_(oldest.group_by(_references.c.sku_id))
    )
    return [_read(row) for row in tx.execute(query.order_by(_references.c.sku_id))]


def _pictured(embedder: str) -> Select[Any]:
    """The reference's columns, the image's, then those of its vector."""
    own = (_vectors.c.reference_id == _references.c.id) & (_vectors.c.embedder == embedder)
    columns = [_references.c[name] for name in Reference.__struct_fields__]
    columns += [_images.c[name].label(f"image_{name}") for name in Image.__struct_fields__]
    query = select(*columns, _vectors.c.reference_id.label("looked_at"), _vectors.c.problem)
    joined = query.join(_images, _images.c.id == _references.c.image_id)
    return joined.outerjoin(_vectors, own)


def _read(row: Row[Any]) -> PicturedReference:
    split, end = len(Reference.__struct_fields__), len(row)
    return PicturedReference(
        Reference(*row[:split]),
        Image(*row[split : end - 2]),
        row.looked_at is not None,
        row.problem,
    )


def count_of(tx: Connection, sku_id: int) -> int:
    """Count the references of a SKU."""
    return tx.execute(select(func.count()).where(_references.c.sku_id == sku_id)).scalar_one()


def remove(tx: Connection, sku_id: int, reference_id: int) -> None:
    """Forget a reference, its vectors too.

    Raises:
        NotFound: when the SKU has no such reference.
    """
    if not _drop(tx, and_(_references.c.sku_id == sku_id, _references.c.id == reference_id)):
        raise NotFound(f"SKU {sku_id} has no reference {reference_id}.")


def replace_packshot(
    tx: Connection, sku_id: int, former: int | None, image_id: int | None, *, now: datetime
) -> None:
    """Let another packshot take the place of the former one; references of other sources stay."""
    if former == image_id:
        return
    own = and_(_references.c.sku_id == sku_id, _references.c.image_id == former)
    _drop(tx, and_(own, _references.c.source == PACKSHOT))
    if image_id is not None:
        add(tx, sku_id, image_id, source=PACKSHOT, now=now)


def _drop(tx: Connection, wanted: ColumnElement[bool]) -> bool:
    """Delete references; every gallery may have held them."""
    dropped = tx.execute(delete(_references).where(wanted)).rowcount > 0
    if dropped:
        galleries.note_change(tx)
    return dropped


def missing(
    tx: Connection, embedder: str, limit: int, *, sku_id: int | None = None
) -> list[Reference]:
    """List references this embedder has not looked at yet, the oldest first; of one SKU or all."""
    query = select(_references).where(~galleries.looked_at(embedder))
    if sku_id is not None:
        query = query.where(_references.c.sku_id == sku_id)
    query = query.order_by(_references.c.id).limit(limit)
    return [Reference(**row) for row in tx.execute(query).mappings()]


def count_missing(tx: Connection, embedder: str) -> int:
    """Count the references this embedder has not looked at yet."""
    query = select(func.count()).select_from(_references).where(~galleries.looked_at(embedder))
    return tx.execute(query).scalar_one()


def count(tx: Connection) -> int:
    """Count all references."""
    return tx.execute(select(func.count()).select_from(_references)).scalar_one()
