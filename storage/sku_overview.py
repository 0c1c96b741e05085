"""SKUs as a list for people: how many references each has, and its newest forecast."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from storage import galleries, tables
from storage.forecasts import Outlook

_skus, _references, _forecasts = tables.skus, tables.sku_references, tables.forecasts


class SkuLine(msgspec.Struct, frozen=True):
    """One SKU of the list."""

    id: int
    cid: str
    name: str
    references: int
    first: int | None  # its oldest reference
    outlook: Outlook | None  # the newest, also when the gallery changed since


def page(tx: Connection, text: str, *, limit: int, offset: int) -> tuple[int, list[SkuLine]]:
    """Count the SKUs whose name, code or barcode has the text, and list some by name."""
    wanted = _mentions(text.strip())
    count = tx.execute(select(func.count()).select_from(_skus).where(wanted)).scalar_one()
    chosen = (
        select(_skus.c.id, _skus.c.cid, _skus.c.name)
        .where(wanted)
        .order_by(_skus.c.name, _skus.c.id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    own = _references.c.sku_id == chosen.c.id
    query = (
        select(
            chosen,
            select(func.count()).where(own).scalar_subquery().label("references"),
            select(func.min(_references.c.id)).where(own).scalar_subquery().label("first"),
            _forecasts.c.body,
        )
        .outerjoin(
            _forecasts,
            (_forecasts.c.sku_id == chosen.c.id)
            & (_forecasts.c.embedder == (galleries.in_use(tx) or "")),
        )
        .order_by(chosen.c.name, chosen.c.id)
    )
    return count, [_line(dict(row)) for row in tx.execute(query).mappings()]


def _mentions(text: str) -> ColumnElement[bool]:
    told = (_skus.c.name, _skus.c.cid, _skus.c.ean13)
    return or_(*(column.icontains(text, autoescape=True) for column in told))


def _line(row: dict[str, Any]) -> SkuLine:
    body = row.pop("body")
    return SkuLine(**row, outlook=msgspec.convert(body, Outlook) if body else None)
