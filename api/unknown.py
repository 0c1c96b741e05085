"""Unknown products: what was seen again and again and nobody knows, to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import MediaType, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from api import pages
from api.facing_view import crop_path, search
from api.given import Given
from api.media import Links
from api.nudge import Nudge
from api.pages import wants_page
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import PathId, Timestamp, timestamp
from storage import unknown
from storage.facings import FacingRef
from storage.records import Records, Transaction
from storage.unknown import UnknownProduct
from storage.work import CLUSTER_UNKNOWN

PATIENCE = 5  # seconds in which asking again is asking once

Order = Annotated[Literal["frequent", "newest"], QueryParameter(description="What comes first.")]


class UnknownPicture(Struct, frozen=True):
    """A facing that shows the product; `crop` is a link to a small picture on this server."""

    scene: str
    facing: int
    crop: str


class UnknownView(Struct, frozen=True):
    """A product that nobody knows; counts are as of the last time facings were put together."""

    id: int
    status: str  # OPEN, NAMED or IGNORED
    sku: int | None  # what it turned out to be
    seen: int  # facings
    scenes: int
    shops: int  # of visits that name one; no call does yet
    first_seen_date: Timestamp
    last_seen_date: Timestamp
    pictures: list[UnknownPicture]  # the most typical first, at most five


class Started(Struct, frozen=True):
    """What was asked for."""

    flow: str


@get(
    "/unknown",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="listUnknown",
    operation_class=PagedOperation,
    summary="List unknown products",
    tags=["Learning"],
)
def list_unknown(
    request: Request[Any, Any, Any],
    page: Given[Page],
    records: Given[Records],
    links: Given[Links],
    order: Order = "frequent",
) -> Response[Listed[UnknownView]]:
    """List what was seen and nobody knows, the most frequent first, or the newest.

    A browser gets a page where each becomes a SKU by a click.
    """
    with records.reading() as tx:
        count, found = unknown.page(
            tx, newest=order == "newest", limit=page.limit, offset=page.offset
        )
        pictures = unknown.pictures(tx, [product.id for product in found])
    views = [_view(product, pictures[product.id]) for product in found]
    answer = listed(f"{links.base_url}/unknown/", page, count, views, order=order)
    if wants_page(request):
        return pages.page("unknown.html", unknown=answer, order=order)
    return Response(answer)


@get(
    "/unknown/{product_id:int}",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="getUnknown",
    summary="Look at an unknown product",
    tags=["Learning"],
)
def get_unknown(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    product_id: PathId,
    records: Given[Records],
    links: Given[Links],
    now: Given[datetime],
    q: FromQuery[str] = "",
) -> Response[UnknownView]:
    """Tell what is known of it; on the page, `q` searches the SKUs it may be."""
    with records.reading() as tx:
        told, found = load(tx, product_id), search(tx, q, links, now)
    if wants_page(request):
        return pages.page("unknown_product.html", product=told, q=q, found=found)
    return Response(told)


@post(
    "/unknown/cluster",
    sync_to_thread=True,
    status_code=202,
    operation_id="clusterUnknown",
    summary="Put unknown facings together now",
    tags=["Learning"],
)
def cluster_unknown(
    request: Request[Any, Any, Any], nudge: Given[Nudge], now: Given[datetime]
) -> Response[Started]:
    """Start the flow that otherwise runs every ten minutes."""
    key = f"{CLUSTER_UNKNOWN}-{now.timestamp() // PATIENCE:.0f}"
    start = BackgroundTask(nudge.send, CLUSTER_UNKNOWN, parameters={}, key=key)
    if wants_page(request):
        return Redirect("/unknown/", status_code=303, background=start)
    return Response(Started(CLUSTER_UNKNOWN), background=start)


def load(tx: Transaction, product_id: int) -> UnknownView:
    """Read one product with its pictures; NotFound when there is none."""
    return _view(unknown.get(tx, product_id), unknown.pictures(tx, [product_id])[product_id])


def _view(product: UnknownProduct, shown: Sequence[FacingRef]) -> UnknownView:
    """Write a product for clients."""
    return UnknownView(
        id=product.id,
        status=product.status,
        sku=product.sku_id,
        seen=product.seen,
        scenes=product.scenes,
        shops=product.shops,
        first_seen_date=timestamp(product.first_seen),
        last_seen_date=timestamp(product.last_seen),
        pictures=[UnknownPicture(ref.scene, ref.facing_id, crop_path(ref)) for ref in shown],
    )
