"""References: the pictures SKUs are recognised by, and their vectors, one gallery per embedder.

A reference is a picture, or a box in one, that shows one SKU and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select, update

from storage import images, tables
from storage.errors import NotFound, UnknownImages
from storage.records import insert

PACKSHOT, PICTURE, FACING, UNKNOWN = "packshot", "picture", "facing", "unknown"
WHOLE = ""  # the crop that is the whole picture

_skus, _references = tables.skus, tables.sku_references
_vectors, _galleries = tables.vectors, tables.galleries

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


class GalleryState(msgspec.Struct, frozen=True):
    """How far the gallery of one embedder is."""

    embedder: str  # its key
    embedded: int  # references it has a vector of
    failed: int  # references that have a problem in place of a vector
    used_at: datetime | None  # when a worker last started with it


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
        tx.execute(update(_galleries).values(version=_galleries.c.version + 1))
    return dropped


def missing(
    tx: Connection, embedder: str, limit: int, *, sku_id: int | None = None
) -> list[Reference]:
    """List references this embedder has not looked at yet, the oldest first; of one SKU or all."""
    query = select(_references).where(~_looked_at(embedder))
    if sku_id is not None:
        query = query.where(_references.c.sku_id == sku_id)
    query = query.order_by(_references.c.id).limit(limit)
    return [Reference(**row) for row in tx.execute(query).mappings()]


def count_missing(tx: Connection, embedder: str) -> int:
    """Count the references this embedder has not looked at yet."""
    query = select(func.count()).select_from(_references).where(~_looked_at(embedder))
    return tx.execute(query).scalar_one()


def known_to_others(tx: Connection, embedder: str) -> dict[str, int]:
    """Count, by embedder, the references it looked at and this embedder did not."""
    query = (
        select(_vectors.c.embedder, func.count())
        .join(_references, _references.c.id == _vectors.c.reference_id)
        .where(_vectors.c.embedder != embedder, ~_looked_at(embedder))
        .group_by(_vectors.c.embedder)
        .order_by(_vectors.c.embedder)
    )
    return {name: known for name, known in tx.execute(query)}


def _looked_at(embedder: str) -> ColumnElement[bool]:
    own = _vectors.alias()
    return exists().where(own.c.reference_id == _references.c.id, own.c.embedder == embedder)


def save_vector(
    tx: Connection, reference_id: int, embedder: str, vector: bytes | None, problem: str | None
) -> None:
    """Keep a reference's embedding, float32, or why there is none.

    Nothing is kept for a reference that was dropped meanwhile.
    """
    if tx.scalar(select(_references.c.id).filter_by(id=reference_id).with_for_update()) is None:
        return
    key = {"reference_id": reference_id, "embedder": embedder}
    result = {"vector": vector, "problem": problem}
    row = insert(tx, _vectors).values(**key, **result)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=result))
    counted = insert(tx, _galleries).values(embedder=embedder, version=1)
    one_more = {"version": _galleries.c.version + 1}
    tx.execute(counted.on_conflict_do_update(index_elements=["embedder"], set_=one_more))


def vectors(tx: Connection, embedder: str) -> list[tuple[int, bytes]]:
    """Load the gallery of an embedder: (sku_id, float32 vector), by SKU, then by reference."""
    query = (
        select(_references.c.sku_id, _vectors.c.vector)
        .join(_vectors, _vectors.c.reference_id == _references.c.id)
        .where(_vectors.c.embedder == embedder, _vectors.c.vector.is_not(None))
        .order_by(_references.c.sku_id, _references.c.id)
    )
    return [(row.sku_id, row.vector) for row in tx.execute(query)]


def version(tx: Connection, embedder: str) -> int:
    """Tell the gallery's version: another one means that `vectors` may have changed."""
    return tx.scalar(select(_galleries.c.version).filter_by(embedder=embedder)) or 0


def use(tx: Connection, embedder: str, *, now: datetime) -> None:
    """Note that a worker starts with this embedder."""
    row = insert(tx, _galleries).values(embedder=embedder, version=0, used_at=now)
    tx.execute(row.on_conflict_do_update(index_elements=["embedder"], set_={"used_at": now}))


def in_use(tx: Connection) -> str | None:
    """Tell the key of the embedder that a worker last started with; None = none ever did."""
    started = select(_galleries.c.embedder).where(_galleries.c.used_at.is_not(None))
    return tx.scalar(started.order_by(_galleries.c.used_at.desc(), _galleries.c.embedder).limit(1))


def count(tx: Connection) -> int:
    """Count all references."""
    return tx.execute(select(func.count()).select_from(_references)).scalar_one()


def states(tx: Connection) -> list[GalleryState]:
    """Tell how far each embedder's gallery is, the one used last first."""
    embedded = func.count(_vectors.c.vector)
    query = (
        select(
            _galleries.c.embedder,
            embedded.label("embedded"),
            (func.count(_vectors.c.reference_id) - embedded).label("failed"),
            _galleries.c.used_at,
        )
        .outerjoin(_vectors, _vectors.c.embedder == _galleries.c.embedder)
        .group_by(_galleries.c.embedder, _galleries.c.used_at)
        .order_by(_galleries.c.used_at.desc().nulls_last(), _galleries.c.embedder)
    )
    return [GalleryState(**row) for row in tx.execute(query).mappings()]
