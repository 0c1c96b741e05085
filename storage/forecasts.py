"""Forecasts: how well a SKU will be recognised by its references, as a flow worked it out."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, or_, select

from storage import galleries, references, tables
from storage.records import insert

_forecasts, _references = tables.forecasts, tables.sku_references


class Confusion(msgspec.Struct, frozen=True):
    """A SKU that looks so much alike that facings will be taken for it, or not be named."""

    sku_id: int
    score: float  # highest cosine between references of the two


class Outlook(msgspec.Struct, frozen=True):
    """What a forecast says."""

    references: int  # with a vector
    failed: int  # references whose picture cannot be read
    recall: float | None  # 0-1, named right at the shipped threshold; null with one reference
    confusions: list[Confusion]  # the most alike first
    advice: str | None


NO_PICTURE = Outlook(
    0, 0, None, [], "Add a picture: without one the SKU is never recognised."
)  # known without a flow


class Forecast(msgspec.Struct, frozen=True):
    """The newest forecast of a SKU, and whether the gallery is still the one it is of."""

    outlook: Outlook
    current: bool
    created_at: datetime | None = None  # None = a SKU without references needs no working out


def save(  # noqa: PLR0913 (keyword-only)
    tx: Connection, sku_id: int, embedder: str, outlook: Outlook, *, gallery: int, now: datetime
) -> None:
    """Keep a SKU's forecast in place of the former; one of an older gallery changes nothing.

    Args:
        gallery: version of the gallery it is of.
    """
    key = {"sku_id": sku_id, "embedder": embedder}
    said = {"gallery": gallery, "body": msgspec.to_builtins(outlook), "created_at": now}
    row = insert(tx, _forecasts).values(**key, **said)
    newer = _forecasts.c.gallery <= gallery
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=said, where=newer))


def latest(tx: Connection, sku_id: int) -> Forecast | None:
    """Read the newest forecast by the embedder in use; None = there is none yet."""
    if not references.count_of(tx, sku_id):
        return Forecast(NO_PICTURE, current=True)
    embedder = galleries.in_use(tx)
    row = tx.execute(select(_forecasts).filter_by(sku_id=sku_id, embedder=embedder)).first()
    if embedder is None or row is None:
        return None
    waiting = references.missing(tx, embedder, 1, sku_id=sku_id)
    return Forecast(
        msgspec.convert(row.body, Outlook),
        row.gallery == galleries.version(tx, embedder) and not waiting,
        row.created_at,
    )


def wanted(
    tx: Connection, embedder: str, *, since: datetime, before: datetime, limit: int
) -> list[int]:
    """List SKUs that got a reference in this time and no forecast after it; lowest id first."""
    newest = func.max(_references.c.created_at)
    query = (
        select(_references.c.sku_id)
        .outerjoin(
            _forecasts,
            (_forecasts.c.sku_id == _references.c.sku_id) & (_forecasts.c.embedder == embedder),
        )
        .where(_references.c.created_at >= since, _references.c.created_at < before)
        .group_by(_references.c.sku_id, _forecasts.c.created_at)
        .having(or_(_forecasts.c.created_at.is_(None), _forecasts.c.created_at < newest))
        .order_by(_references.c.sku_id)
        .limit(limit)
    )
    return list(tx.scalars(query))
