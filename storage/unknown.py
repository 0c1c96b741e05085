"""Unknown products: facings nobody knows that look alike, across scenes.

A product is a cluster of doubts of kind UNKNOWN. Its id stays as long as it has members; its counts
are as of the last time `save` ran.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from storage import tables
from storage.doubts import UNKNOWN
from storage.errors import NotFound
from storage.facings import FacingRef

OPEN, NAMED, IGNORED = "OPEN", "NAMED", "IGNORED"
PICTURES = 5  # facings that show a product, and become its references
_products, _doubts = tables.unknown_products, tables.doubts
_scenes, _visits = tables.scenes, tables.visits
_REF = ("scene_id", "facts_revision", "facing_id")  # of the doubt; the rest is of its scene


class UnknownProduct(msgspec.Struct, frozen=True):
    """Something that was seen and that nobody knows."""

    id: int
    status: str  # OPEN, NAMED or IGNORED
    sku_id: int | None  # what it turned out to be
    seen: int  # facings
    scenes: int
    shops: int  # of visits that name one
    first_seen: datetime
    last_seen: datetime


class Member(FacingRef, frozen=True, kw_only=True):
    """An unknown facing and the product it belongs to, if it has one."""

    doubt_id: int
    product_id: int | None
    rank: int | None  # among the pictures of its product, 0 = the most typical


class Centre(msgspec.Struct, frozen=True):
    """Where a product lies among the embeddings."""

    product_id: int | None  # None = a new product
    vector: bytes  # float32, length 1


def members(tx: Connection, *, limit: int) -> list[Member]:
    """List the newest unknown facings that nobody settled, the oldest of them first."""
    newest = select(_doubts.c.id).where(_unsettled()).order_by(_doubts.c.id.desc()).limit(limit)
    query = _select_refs(
        _doubts.c.id.label("doubt_id"), _doubts.c.product_id, _doubts.c.rank
    ).where(_doubts.c.id.in_(newest))
    return [Member(**row) for row in tx.execute(query.order_by(_doubts.c.id)).mappings()]


def centres(tx: Connection, embedder: str) -> list[Centre]:
    """List the products that facings may join, by id: of this embedder, and of no SKU."""
    joinable = (_products.c.embedder == embedder) & (_products.c.status != NAMED)
    query = select(_products.c.id, _products.c.centre).where(joinable).order_by(_products.c.id)
    return [Centre(row.id, row.centre) for row in tx.execute(query)]


def save(
    tx: Connection,
    embedder: str,
    found: Sequence[Centre],
    placed: Sequence[tuple[int, int, int | None]],
    *,
    now: datetime,
) -> None:
    """Write what was found: new products, which facing belongs to which, and counts.

    Open products that lost all their members are gone.

    Args:
        placed: doubt, position in `found`, rank; the facings whose place is another than before.
    """
    ids = [_save_centre(tx, embedder, centre, now) for centre in found]
    rows = [{"doubt": doubt, "to": ids[at], "as": rank} for doubt, at, rank in placed]
    if rows:
        place = update(_doubts).where(_doubts.c.id == bindparam("doubt"))
        tx.execute(place.values(product_id=bindparam("to"), rank=bindparam("as")), rows)
    _count(tx)


def _save_centre(tx: Connection, embedder: str, centre: Centre, now: datetime) -> int:
    if centre.product_id is not None:
        own = _products.c.id == centre.product_id
        tx.execute(update(_products).where(own).values(centre=centre.vector))
        return centre.product_id
    nothing = {"seen": 0, "scenes": 0, "shops": 0, "first_seen": now, "last_seen": now}
    row = _products.insert().values(embedder=embedder, centre=centre.vector, status=OPEN, **nothing)
    return tx.execute(row.returning(_products.c.id)).scalar_one()


def _count(tx: Connection) -> None:
    """Count members anew, and let go of open products that have none."""
    query = (
        select(
            _doubts.c.product_id.label("product"),
            func.count().label("seen_now"),
            func.count(_doubts.c.scene_id.distinct()).label("scenes_now"),
            func.count(_visits.c.shop.distinct()).label("shops_now"),
            func.min(_scenes.c.created_at).label("first_now"),
            func.max(_scenes.c.created_at).label("last_now"),
        )
        .join(_scenes, _scenes.c.id == _doubts.c.scene_id)
        .join(_visits, _visits.c.id == _scenes.c.visit_id)
        .where(_doubts.c.product_id.is_not(None), _unsettled())
        .group_by(_doubts.c.product_id)
    )
    if counted := [dict(row) for row in tx.execute(query).mappings()]:
        names = ("seen", "scenes", "shops", "first", "last")
        columns = {"first": "first_seen", "last": "last_seen"}
        values = {columns.get(name, name): bindparam(f"{name}_now") for name in names}
        open_one = (_products.c.id == bindparam("product")) & (_products.c.status != NAMED)
        tx.execute(update(_products).where(open_one).values(values), counted)
    member = exists().where(_doubts.c.product_id == _products.c.id, _unsettled())
    tx.execute(delete(_products).where(_products.c.status == OPEN, ~member))


def page(
    tx: Connection, *, newest: bool, limit: int, offset: int
) -> tuple[int, list[UnknownProduct]]:
    """Count the open products and list some: the most frequent first, or the newest."""
    is_open = _products.c.status == OPEN
    count = tx.execute(select(func.count()).select_from(_products).where(is_open)).scalar_one()
    frequent = (_products.c.seen.desc(), _products.c.last_seen.desc())
    order = (_products.c.first_seen.desc(), *frequent) if newest else frequent
    query = _select().where(is_open).order_by(*order, _products.c.id.desc())
    rows = tx.execute(query.limit(limit).offset(offset)).mappings()
    return count, [UnknownProduct(**row) for row in rows]


def get(tx: Connection, product_id: int, *, hold: bool = False) -> UnknownProduct:
    """Read a product; NotFound when there is none.

    Args:
        hold: let nobody else change it until this transaction ends.
    """
    query = _select().where(_products.c.id == product_id)
    row = tx.execute(query.with_for_update() if hold else query).mappings().first()
    if row is None:
        raise NotFound(f"There is no unknown product {product_id}.")
    return UnknownProduct(**row)


def pictures(tx: Connection, product_ids: Sequence[int]) -> dict[int, list[FacingRef]]:
    """List the facings that show each product, the most typical first.

    A facing that a person settled alone shows it no more.
    """
    shown = _doubts.c.product_id.in_(product_ids) & _doubts.c.rank.is_not(None)
    query = (
        _select_refs(_doubts.c.product_id)
        .join(_products, _products.c.id == _doubts.c.product_id)
        .where(shown, or_(_doubts.c.settled_at.is_(None), _products.c.status == NAMED))
    )
    rows = tx.execute(query.order_by(_doubts.c.product_id, _doubts.c.rank)).mappings()
    found: dict[int, list[FacingRef]] = {product_id: [] for product_id in product_ids}
    for row in rows:
        fields = dict(row)
        found[fields.pop("product_id")].append(FacingRef(**fields))
    return found


def name(tx: Connection, product_id: int, sku_id: int, *, now: datetime) -> None:
    """Note what a product is; the doubts of all its facings are settled."""
    own = _products.c.id == product_id
    tx.execute(update(_products).where(own).values(status=NAMED, sku_id=sku_id))
    members = (_doubts.c.product_id == product_id) & _doubts.c.settled_at.is_(None)
    tx.execute(update(_doubts).where(members).values(settled_at=now))


def ignore(tx: Connection, product_id: int) -> None:
    """Leave a product out of the list, and what will look like it as well."""
    tx.execute(update(_products).where(_products.c.id == product_id).values(status=IGNORED))


def _unsettled() -> ColumnElement[bool]:
    return (_doubts.c.kind == UNKNOWN) & _doubts.c.settled_at.is_(None)


def _select() -> Select[Any]:
    return select(*(_products.c[name] for name in UnknownProduct.__struct_fields__))


def _select_refs(*more: ColumnElement[Any]) -> Select[Any]:
    own = (_doubts.c[name] for name in _REF)
    return select(*more, *own, _scenes.c.scene, _scenes.c.facts_day).join(
        _scenes, _scenes.c.id == _doubts.c.scene_id
    )
