"""SKUs to choose from: the few that are likely, or those whose name or code a person types."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, true

from storage import tables
from storage.images import Image

WORDS = 12  # of a search that count; a database takes only so many conditions
_skus, _images = tables.skus, tables.images
_IMAGE = tuple(Image.__struct_fields__)


class SkuChoice(msgspec.Struct, frozen=True):
    """A SKU as a person tells it: name, the client's code, packshot."""

    id: int
    cid: str
    name: str
    image: Image | None


def by_ids(tx: Connection, sku_ids: Sequence[int]) -> dict[int, SkuChoice]:
    """Read SKUs by id; ids without a SKU are left out."""
    rows = tx.execute(_select().where(_skus.c.id.in_(sku_ids))).mappings()
    return {choice.id: choice for choice in map(_read, rows)}


def search(tx: Connection, text: str, *, limit: int) -> list[SkuChoice]:
    """Find SKUs with all the words in name, code or barcode; the best hits first.

    An exact code comes first, then names that begin with the text, then by name. Case does not
    matter (on SQLite only that of ASCII letters).
    """
    words = _words(text)
    if not words:
        return []
    whole = " ".join(words)
    first = case(
        (func.lower(_skus.c.cid) == whole.lower(), 0),
        (_skus.c.ean13 == whole, 0),
        (_skus.c.name.istartswith(whole, autoescape=True), 1),
        else_=2,
    )
    ranked = _select().where(mentions(text)).order_by(first, _skus.c.name, _skus.c.id).limit(limit)
    return [_read(row) for row in tx.execute(ranked).mappings()]


def mentions(text: str) -> ColumnElement[bool]:
    """Say in SQL whether a SKU has all the words in name, code or barcode; without words it has."""
    told = (_skus.c.name, _skus.c.cid, _skus.c.ean13)
    return and_(
        true(),
        *(or_(*(c.icontains(word, autoescape=True) for c in told)) for word in _words(text)),
    )


def _words(text: str) -> list[str]:
    return text.replace("\0", " ").split()[:WORDS]


def _select() -> Select[Any]:
    own = (_skus.c[name] for name in ("id", "cid", "name"))
    picture = (_images.c[name].label(f"image_{name}") for name in _IMAGE)
    return select(*own, *picture).outerjoin(_images, _images.c.id == _skus.c.image)


def _read(row: Any) -> SkuChoice:
    own = {name: row[name] for name in ("id", "cid", "name")}
    picture = {name: row[f"image_{name}"] for name in _IMAGE}
    return SkuChoice(**own, image=Image(**picture) if picture["id"] is not None else None)
