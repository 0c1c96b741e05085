"""Confirmations: what people say a facing is. They are truth, whatever recognition said."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from storage import doubts, references, tables
from storage.errors import NotFound
from storage.records import insert
from storage.scenes import Scene

_confirmations, _skus, _scenes = tables.confirmations, tables.skus, tables.scenes
_KEY = ("scene_id", "facts_revision", "facing_id")


class SaidFacing(msgspec.Struct, frozen=True):
    """A facing of a scene's facts, and what recognition said of it; pixels of the upright photo."""

    scene_id: int
    facts_revision: int
    facing_id: int
    image_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    said_sku_id: int | None
    said_confidence: float | None

    @property
    def crop(self) -> str:
        """The facing as the crop of a reference."""
        return references.crop_of((self.x1, self.y1, self.x2, self.y2))


class Confirmation(SaidFacing, frozen=True, kw_only=True):
    """A facing and what a person says it is."""

    id: int
    sku_id: int | None  # None = none of the known SKUs
    created_at: datetime
    learned_at: datetime | None  # when it last became a reference


def confirm(
    tx: Connection, facing: SaidFacing, sku_id: int | None, *, learn: bool, now: datetime
) -> Confirmation:
    """Note what a facing is, in place of what was said of it before; its doubt is settled.

    A reference that was learned from it for another SKU is forgotten.

    Args:
        learn: make it a reference of the SKU, so that the next scene knows it by it.

    Raises:
        NotFound: when there is no such SKU.
    """
    if sku_id is not None and tx.scalar(select(_skus.c.id).filter_by(id=sku_id)) is None:
        raise NotFound(f"There is no SKU {sku_id}.")
    former = of_facing(tx, facing.scene_id, facing.facts_revision, facing.facing_id)
    if former and former.learned_at and former.sku_id != sku_id:
        _unlearn(tx, former)
        former = None
    learned_at = former.learned_at if former else None
    said = msgspec.structs.asdict(facing)
    values = {"sku_id": sku_id, "created_at": now, "learned_at": learned_at}
    row = insert(tx, _confirmations).values(**said, **values)
    kept = row.on_conflict_do_update(index_elements=list(_KEY), set_=values)
    made = Confirmation(**tx.execute(kept.returning(_confirmations)).mappings().one())
    doubts.settle(tx, facing.scene_id, facing.facing_id, now=now)
    return learn_one(tx, made, source=references.FACING, now=now) if learn else made


def carry(
    tx: Connection,
    scene: Scene,
    known: Sequence[Confirmation],
    again: Sequence[tuple[Confirmation, SaidFacing]],
    *,
    now: datetime,
) -> bool:
    """Note for facings of newer facts what was said of them before; their doubts are settled.

    Args:
        tx: a transaction.
        scene: as it was before it got newer facts.
        known: the answers there were when the facings were looked for.
        again: those whose facing is there again, with it.
        now: the time.

    Returns:
        False when people said something else meanwhile.
    """
    of_former = (_confirmations.c.scene_id == scene.id) & (
        _confirmations.c.facts_revision == scene.facts_revision
    )
    query = select(_confirmations.c.id, _confirmations.c.created_at).where(of_former)
    if {tuple(row) for row in tx.execute(query)} != {(one.id, one.created_at) for one in known}:
        return False
    for former, facing in again:
        times = {"created_at": former.created_at, "learned_at": former.learned_at}
        said = msgspec.structs.asdict(facing) | {"sku_id": former.sku_id, **times}
        tx.execute(insert(tx, _confirmations).values(said).on_conflict_do_nothing())
        doubts.settle(tx, facing.scene_id, facing.facing_id, now=now)
    return True


def learn_one(
    tx: Connection, confirmation: Confirmation, *, source: str, now: datetime
) -> Confirmation:
    """Make a confirmed facing a reference of its SKU, also one that was removed since.

    A facing of no SKU stays as it is.
    """
    if confirmation.sku_id is None:
        return confirmation
    references.add(
        tx,
        confirmation.sku_id,
        confirmation.image_id,
        crop=confirmation.crop,
        source=source,
        now=now,
    )
    own = _confirmations.c.id == confirmation.id
    tx.execute(update(_confirmations).where(own).values(learned_at=now))
    return msgspec.structs.replace(confirmation, learned_at=now)


def _unlearn(tx: Connection, former: Confirmation) -> None:
    if former.sku_id is None:
        return
    for reference in references.of_sku(tx, former.sku_id):
        if (reference.image_id, reference.crop) == (former.image_id, former.crop):
            references.remove(tx, former.sku_id, reference.id)


def of_facing(
    tx: Connection, scene_id: int, facts_revision: int, facing_id: int
) -> Confirmation | None:
    """Read what a person said of a facing; None when nobody did."""
    key = dict(zip(_KEY, (scene_id, facts_revision, facing_id), strict=True))
    row = tx.execute(select(_confirmations).filter_by(**key)).mappings().first()
    return Confirmation(**row) if row else None


def of_scenes(tx: Connection, scene_ids: Sequence[int]) -> list[Confirmation]:
    """List what people said of the facings of scenes, by scene and facing; old facts left out."""
    wanted = _confirmations.c.scene_id.in_(scene_ids)
    query = (
        select(_confirmations)
        .join(_scenes, _scenes.c.id == _confirmations.c.scene_id)
        .where(wanted, _scenes.c.facts_revision == _confirmations.c.facts_revision)
        .order_by(_confirmations.c.scene_id, _confirmations.c.facing_id)
    )
    return [Confirmation(**row) for row in tx.execute(query).mappings()]


def to_learn(tx: Connection) -> list[Confirmation]:
    """List the confirmed facings of SKUs that are no references yet, by SKU, the newest first."""
    query = (
        select(_confirmations)
        .where(_confirmations.c.sku_id.is_not(None), _confirmations.c.learned_at.is_(None))
        .order_by(_confirmations.c.sku_id, _confirmations.c.id.desc())
    )
    return [Confirmation(**row) for row in tx.execute(query).mappings()]
