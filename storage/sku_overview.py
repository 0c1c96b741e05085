"""SKUs as a list for people: how many references each has, and its newest forecast."""

from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from storage import galleries, sku_choices, tables
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
    """Count the SKUs with all the words in name, code or barcode, and list some by name."""
    wanted = sku_choices.mentions(text)
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


def _line(row: dict[str, Any]) -> SkuLine:
    body = row.pop("body")
    return SkuLine(**row, outlook=msgspec.convert(body, Outlook) if body else None)
