"""What an unknown product is: a SKU there is, a new one, or nothing of interest."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from api import forecast
from api.catalog import Millimetres, OwnId
from api.errors import FieldWrong
from api.given import Given
from api.nudge import Nudge
from api.pages import wants_page
from api.unknown import UnknownView, load
from api.wire import Id, PathId, Text
from storage import catalog, confirmations, facings, references, unknown
from storage.catalog import SkuFields
from storage.confirmations import SaidFacing
from storage.objects import ObjectStore
from storage.records import Records, Transaction
from storage.unknown import NAMED, UnknownProduct


class UnknownAnswer(Struct, frozen=True):
    """One of three: `sku`, `ignore`, or the fields of a new SKU, of which `name` is needed."""

    sku: Annotated[Id | None, Meta(description="It is this SKU.")] = None
    ignore: Annotated[bool, Meta(description="Leave it out of the list.")] = False
    name: Text | None = None
    cid: Annotated[Text | None, Meta(description="Else `unknown-` and its number.")] = None
    id: OwnId | None = None
    ean13: Text | None = None
    brand: Id | None = None
    category: Id | None = None
    manufacturer: Id | None = None
    size_x_mm: Millimetres | None = None
    size_y_mm: Millimetres | None = None
    size_z_mm: Millimetres | None = None


@post(
    "/unknown/{product_id:int}/sku",
    sync_to_thread=True,
    status_code=200,
    operation_id="identifyUnknown",
    summary="Say what an unknown product is",
    tags=["Learning"],
)
def identify(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    product_id: PathId,
    data: JSONBody[UnknownAnswer],
    records: Given[Records],
    objects: Given[ObjectStore],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[UnknownView]:
    """Make it a SKU, with the facings that show it as references; or ignore it.

    The next scene knows the SKU by them. The same request again changes nothing.
    """
    _check_one_of_three(data)
    with records.reading() as tx:
        refs = unknown.pictures(tx, [product_id])[product_id]
    rows = facings.read(objects, refs)
    keys = ((ref, rows.get((ref.scene_id, ref.facing_id))) for ref in refs)
    shown = [facings.said(ref, row) for ref, row in keys if row]
    start = None
    with records.transaction() as tx:
        product = unknown.get(tx, product_id, hold=True)  # two answers at once make one SKU
        if data.ignore:
            _ignore(tx, product)
        else:
            start = _identify(tx, product, data, shown, nudge, now)
    if wants_page(request):
        return Redirect("/unknown/", status_code=303, background=start)
    with records.reading() as tx:
        return Response(load(tx, product_id), background=start)


def _check_one_of_three(data: UnknownAnswer) -> None:
    said = [data.sku is not None, data.ignore, bool((data.name or "").strip())]
    if sum(said) != 1:
        raise FieldWrong("name", "Send `sku`, `ignore`, or the `name` of a new SKU: one of them.")


def _ignore(tx: Transaction, product: UnknownProduct) -> None:
    if product.status == NAMED:
        raise FieldWrong("ignore", f"It is SKU {product.sku_id} already.")
    unknown.ignore(tx, product.id)


def _identify(  # noqa: PLR0913, PLR0917 - one step of the story above
    tx: Transaction,
    product: UnknownProduct,
    data: UnknownAnswer,
    shown: list[SaidFacing],
    nudge: Nudge,
    now: datetime,
) -> BackgroundTask | None:
    """Confirm the facings a person saw, learn them, and name the product."""
    if product.status == NAMED:
        if data.sku not in (None, product.sku_id):
            raise FieldWrong("sku", f"It is SKU {product.sku_id} already.")
        return None
    sku_id = _sku(tx, product, data, now)
    for said in shown:
        made = confirmations.confirm(tx, said, sku_id, learn=False, now=now)
        confirmations.learn_one(tx, made, source=references.UNKNOWN, now=now)
    unknown.name(tx, product.id, sku_id, now=now)
    return forecast.start(nudge, sku_id, forecast.nudge_key(tx, sku_id, now=now))


def _sku(tx: Transaction, product: UnknownProduct, data: UnknownAnswer, now: datetime) -> int:
    """Find the SKU, or make it."""
    if data.sku is not None:
        if data.sku not in catalog.names(tx, [data.sku]):
            raise FieldWrong("sku", f"There is no SKU {data.sku}.")
        return data.sku
    shared = {name: getattr(data, name) for name in _SHARED}
    cid, name = data.cid or f"unknown-{product.id}", (data.name or "").strip()
    return catalog.add_sku(tx, SkuFields(cid=cid, name=name, **shared), now=now).id


_SHARED = set(UnknownAnswer.__struct_fields__) & set(SkuFields.__struct_fields__) - {"cid", "name"}
