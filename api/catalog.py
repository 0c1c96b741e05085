"""The catalogue: SKUs with their pictures."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post, put
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from api import forecast
from api.errors import FieldWrong
from api.forecast import ForecastLink
from api.given import Given
from api.idempotency import Once
from api.media import Links
from api.nudge import Nudge
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import Id, PathId, Text
from storage import catalog, references
from storage.catalog import Sku, SkuFields
from storage.errors import UnknownImages
from storage.records import Records, Transaction

OwnId = Annotated[int, Meta(ge=1, le=2**53, description="Chosen by the client, or left out.")]
Pictures = Annotated[list[Id], Meta(max_length=100, description="Upload ids of more pictures.")]
Millimetres = Annotated[float, Meta(ge=0, le=1e6)]


class SkuBody(Struct, frozen=True):
    """A SKU as a client sends it; `image` is the upload id of its packshot.

    `images` are upload ids of more pictures that show it alone: they are added to its references.
    """

    cid: Text
    name: Text
    id: OwnId | None = None
    ean13: Text | None = None
    image: Id | None = None
    brand: Id | None = None
    category: Id | None = None
    manufacturer: Id | None = None
    size_x_mm: Millimetres | None = None
    size_y_mm: Millimetres | None = None
    size_z_mm: Millimetres | None = None
    images: Pictures = []


class NewSku(Sku, frozen=True, kw_only=True):
    """The SKU, and where the forecast of its recognition will be."""

    forecast: ForecastLink


class SkuChanges(Struct, frozen=True):
    """The fields of a SKU that change; the others stay."""

    cid: Text | UnsetType = UNSET
    name: Text | UnsetType = UNSET
    ean13: Text | UnsetType | None = UNSET
    image: Id | UnsetType | None = UNSET
    brand: Id | UnsetType | None = UNSET
    category: Id | UnsetType | None = UNSET
    manufacturer: Id | UnsetType | None = UNSET
    size_x_mm: Millimetres | UnsetType | None = UNSET
    size_y_mm: Millimetres | UnsetType | None = UNSET
    size_z_mm: Millimetres | UnsetType | None = UNSET
    images: Pictures = []


@get(
    "/sku",
    sync_to_thread=True,
    operation_id="listSkus",
    operation_class=PagedOperation,
    summary="List SKUs",
    tags=["Catalogue"],
)
def list_skus(page: Given[Page], records: Given[Records], links: Given[Links]) -> Listed[Sku]:
    """List SKUs by id."""
    with records.reading() as tx:
        count, found = catalog.page(tx, limit=page.limit, offset=page.offset)
    return listed(f"{links.base_url}/api/v1.5/sku/", page, count, found)


@post(
    "/sku", sync_to_thread=True, operation_id="createSku", summary="Add a SKU", tags=["Catalogue"]
)
def create_sku(
    data: JSONBody[SkuBody],
    once: Given[Once],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[NewSku]:
    """Add a SKU; with a picture it is recognised from the next scene on."""

    def add(tx: Transaction) -> tuple[NewSku, BackgroundTask | None]:
        with _image_named():
            sku = catalog.add_sku(tx, _to_fields(data), now=now)
        _add_pictures(tx, sku.id, data.images, now)
        told, key = forecast.link(tx, sku.id, links, now=now)
        new = NewSku(**msgspec.structs.asdict(sku), forecast=told)
        return new, forecast.start(nudge, sku.id, key)

    return once.do(data, add)


@get(
    "/sku/{sku_id:int}",
    sync_to_thread=True,
    operation_id="getSku",
    summary="Get a SKU",
    tags=["Catalogue"],
)
def get_sku(sku_id: PathId, records: Given[Records]) -> Sku:
    """Read one SKU."""
    with records.reading() as tx:
        return catalog.get_sku(tx, sku_id)


@put(
    "/sku/{sku_id:int}",
    sync_to_thread=True,
    operation_id="replaceSku",
    summary="Replace a SKU",
    tags=["Catalogue"],
)
def replace_sku(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    sku_id: PathId,
    data: JSONBody[SkuBody],
    records: Given[Records],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[Sku]:
    """Write all fields of a SKU, except its id; `images` are added to its references."""
    with records.transaction() as tx:
        with _image_named():
            sku = catalog.replace_sku(tx, sku_id, _to_fields(data), now=now)
        _add_pictures(tx, sku_id, data.images, now)
    return _changed(sku, records, links, nudge, now)


@patch(
    "/sku/{sku_id:int}",
    sync_to_thread=True,
    operation_id="changeSku",
    summary="Change a SKU",
    tags=["Catalogue"],
)
def change_sku(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    sku_id: PathId,
    data: JSONBody[SkuChanges],
    records: Given[Records],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[Sku]:
    """Write some fields of a SKU; `images` are added to its references."""
    changes = {k: v for k, v in msgspec.structs.asdict(data).items() if v is not UNSET}
    changes.pop("images")
    with records.transaction() as tx:
        former = msgspec.structs.asdict(catalog.get_sku(tx, sku_id))
        with _image_named():
            sku = catalog.replace_sku(tx, sku_id, SkuFields(**(former | changes)), now=now)
        _add_pictures(tx, sku_id, data.images, now)
    return _changed(sku, records, links, nudge, now)


def _to_fields(data: SkuBody) -> SkuFields:
    fields = msgspec.structs.asdict(data)
    del fields["images"]
    return SkuFields(**fields)


def _add_pictures(tx: Transaction, sku_id: int, image_ids: list[int], now: datetime) -> None:
    for image_id in image_ids:
        references.add(tx, sku_id, image_id, source=references.PICTURE, now=now)


def _changed(
    sku: Sku, records: Records, links: Links, nudge: Nudge, now: datetime
) -> Response[Sku]:
    """Answer with the SKU, and ask for a forecast when it is another one now."""
    with records.reading() as tx:
        _, key = forecast.link(tx, sku.id, links, now=now)
    return Response(sku, background=forecast.start(nudge, sku.id, key))


@contextmanager
def _image_named() -> Generator[None]:
    """Let an unknown packshot be told under the name its field has here."""
    try:
        yield
    except UnknownImages as error:
        raise FieldWrong("image", str(error)) from None
