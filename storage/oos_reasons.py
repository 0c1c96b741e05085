"""Why a SKU is out of stock in a scene, as clients say."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from storage import feedback, tables, visits

_reasons, _scenes, _visits, _skus = (
    tables.oos_reasons,
    tables.scenes,
    tables.visits,
    tables.skus,
)


class OosReason(msgspec.Struct, frozen=True):
    """A client's word why a SKU is not there."""

    id: int
    scene_id: int
    sku_gid: int  # as the client names the SKU; may be none of the catalogue
    reason: str
    message: str | None
    images: list[int]  # uploaded photos that prove it
    created_at: datetime
    name: str | None  # of the SKU


class ToldReason(OosReason, frozen=True):
    """The same, with where it was said."""

    scene: str  # its UUID of 32 hex digits
    visit_id: int
    shop: str | None
    display_id: int | None


def add(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    sku_gid: int,
    reason: str,
    message: str | None,
    image_ids: Sequence[int],
    now: datetime,
) -> int:
    """Record a reason and give its id; the same words again change nothing.

    Raises:
        UnknownImages: names the photos that were never uploaded.
    """
    proof = feedback.check_proof(tx, image_ids)
    said = {"scene_id": scene_id, "sku_gid": sku_gid, "reason": reason, "message": message}
    query = select(_reasons.c.id, _reasons.c.images).filter_by(**said).order_by(_reasons.c.id)
    if same := [row.id for row in tx.execute(query) if row.images == proof]:
        return same[0]
    row = _reasons.insert().values(**said, images=proof, created_at=now)
    visits.touch_of_scene(tx, scene_id, now=now)
    return tx.execute(row.returning(_reasons.c.id)).scalar_one()


def of_scenes(tx: Connection, scene_ids: Sequence[int]) -> list[OosReason]:
    """List what was said of these scenes, in the order it was said."""
    query = _select().where(_reasons.c.scene_id.in_(scene_ids)).order_by(_reasons.c.id)
    return [OosReason(**row) for row in tx.execute(query).mappings()]


def told(tx: Connection, *, since: datetime | None) -> Iterator[ToldReason]:
    """Every reason with where it was said, the oldest first."""
    where = (_scenes.c.scene, _scenes.c.visit_id, _visits.c.shop, _scenes.c.display_id)
    query = _select(*where).join(_scenes, _scenes.c.id == _reasons.c.scene_id)
    query = query.join(_visits, _visits.c.id == _scenes.c.visit_id).order_by(_reasons.c.id)
    if since is not None:
        query = query.where(_reasons.c.created_at >= since)
    return (ToldReason(**row) for row in tx.execute(query).mappings())


def _select(*more: Any) -> Select[Any]:
    own = _reasons.outerjoin(_skus, _skus.c.id == _reasons.c.sku_gid)
    return select(_reasons, _skus.c.name, *more).select_from(own)
