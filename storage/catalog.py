"""SKUs: the products that can be recognised."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, literal, select, update

from storage import images, references, tables, versions
from storage.errors import Conflict, NotFound, UnknownImages
from storage.records import insert

_skus = tables.skus


class SkuFields(msgspec.Struct, frozen=True):
    """What a client says about a SKU; sizes are width, height and depth in mm."""

    cid: str
    name: str
    id: int | None = None  # chosen by the client, else made here
    ean13: str | None = None
    image: int | None = None  # id of the uploaded packshot
    brand: int | None = None
    category: int | None = None
    manufacturer: int | None = None
    size_x_mm: float | None = None
    size_y_mm: float | None = None
    size_z_mm: float | None = None


class Sku(msgspec.Struct, frozen=True):
    """A product variant."""

    id: int
    cid: str
    ean13: str | None
    image: int | None
    name: str
    brand: int | None
    category: int | None
    manufacturer: int | None
    size_x_mm: float | None
    size_y_mm: float | None
    size_z_mm: float | None


def add_sku(tx: Connection, fields: SkuFields, *, now: datetime) -> Sku:
    """Record a SKU; its packshot becomes a reference picture.

    Raises:
        Conflict: when the client's id is taken.
        UnknownImages: when the packshot was never uploaded.
    """
    _check_image(tx, fields)
    values = _values(fields) | {"created_at": now, "updated_at": now}
    sku_id = _insert_as(tx, literal(fields.id), values) if fields.id else _insert_next(tx, values)
    if sku_id is None:
        raise Conflict(f"There is a SKU {fields.id} already.")
    references.replace_packshot(tx, sku_id, None, fields.image, now=now)
    versions.bump(tx, _skus.name)
    return get_sku(tx, sku_id)


def _insert_next(tx: Connection, values: dict[str, Any]) -> int:
    """Insert under the highest id plus one; again when another writer just took that."""
    highest = select(func.coalesce(func.max(_skus.c.id), 0) + 1).scalar_subquery()
    while (sku_id := _insert_as(tx, highest, values)) is None:
        pass
    return sku_id


def _insert_as(tx: Connection, sku_id: ColumnElement[Any], values: dict[str, Any]) -> int | None:
    row = insert(tx, _skus).values(id=sku_id, **values)
    return tx.scalar(row.on_conflict_do_nothing(index_elements=["id"]).returning(_skus.c.id))


def get_sku(tx: Connection, sku_id: int) -> Sku:
    """Read a SKU; NotFound when there is none."""
    row = tx.execute(_select_sku().filter_by(id=sku_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no SKU {sku_id}.")
    return Sku(**row)


def page(tx: Connection, *, limit: int, offset: int) -> tuple[int, list[Sku]]:
    """Count the SKUs and list some, by id."""
    count = tx.execute(select(func.count()).select_from(_skus)).scalar_one()
    query = _select_sku().order_by(_skus.c.id).limit(limit).offset(offset)
    return count, [Sku(**row) for row in tx.execute(query).mappings()]


def replace_sku(tx: Connection, sku_id: int, fields: SkuFields, *, now: datetime) -> Sku:
    """Write all fields anew, except the id; another packshot replaces the former in the gallery.

    Raises:
        NotFound: when there is no such SKU.
        UnknownImages: when the packshot was never uploaded.
    """
    _check_image(tx, fields)
    former = get_sku(tx, sku_id)
    values = _values(fields) | {"updated_at": now}
    tx.execute(update(_skus).where(_skus.c.id == sku_id).values(values))
    references.replace_packshot(tx, sku_id, former.image, fields.image, now=now)
    versions.bump(tx, _skus.name)
    return get_sku(tx, sku_id)


def names(tx: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Read names of SKUs by id; ids without a SKU are left out."""
    query = select(_skus.c.id, _skus.c.name).where(_skus.c.id.in_(list(ids)))
    return {row.id: row.name for row in tx.execute(query)}


def _select_sku() -> Any:
    return select(*(_skus.c[name] for name in Sku.__struct_fields__))


def _values(fields: SkuFields) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(fields).items() if name != "id"}


def _check_image(tx: Connection, fields: SkuFields) -> None:
    if fields.image is not None and not images.known(tx, [fields.image]):
        raise UnknownImages([fields.image])
