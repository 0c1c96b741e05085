"""Galleries: the vectors of all references, one gallery per embedder, under the embedder's key."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from storage import tables
from storage.records import insert

_references = tables.sku_references
_vectors, _galleries = tables.vectors, tables.galleries


class GalleryState(msgspec.Struct, frozen=True):
    """How far the gallery of one embedder is."""

    embedder: str  # its key
    embedded: int  # references it has a vector of
    failed: int  # references that have a problem in place of a vector
    used_at: datetime | None  # when a worker last started with it


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


def note_change(tx: Connection) -> None:
    """Give every gallery another version: a reference is gone."""
    tx.execute(update(_galleries).values(version=_galleries.c.version + 1))


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


def known_to_others(tx: Connection, embedder: str) -> dict[str, int]:
    """Count, by embedder, the references it looked at and this embedder did not."""
    query = (
        select(_vectors.c.embedder, func.count().label("known"))
        .join(_references, _references.c.id == _vectors.c.reference_id)
        .where(_vectors.c.embedder != embedder, ~looked_at(embedder))
        .group_by(_vectors.c.embedder)
        .order_by(_vectors.c.embedder)
    )
    return {row.embedder: row.known for row in tx.execute(query)}


def count_failed(tx: Connection, embedder: str, sku_id: int) -> int:
    """Count the references of a SKU whose picture this embedder could not read."""
    query = (
        select(func.count())
        .select_from(_vectors)
        .join(_references, _references.c.id == _vectors.c.reference_id)
        .where(_references.c.sku_id == sku_id, _vectors.c.embedder == embedder)
        .where(_vectors.c.problem.is_not(None))
    )
    return tx.execute(query).scalar_one()


def looked_at(embedder: str) -> ColumnElement[bool]:
    """Say in SQL whether an embedder looked at a reference."""
    own = _vectors.alias()
    return exists().where(own.c.reference_id == _references.c.id, own.c.embedder == embedder)


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
