"""SKUs to look at: their pictures, and how well they will be recognised."""

from asyncio import to_thread
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Struct

from api import forecast, pages, sku_images
from api.body import read_files
from api.forecast import SkuForecast
from api.given import Given
from api.media import Links
from api.nudge import Nudge
from api.paging import Page, listed
from api.reference_pictures import small_path
from api.uploads import PARTS, Limits
from api.wire import PathId
from storage import catalog, forecasts, references, sku_overview, small_pictures
from storage.forecasts import Forecast
from storage.objects import ObjectStore
from storage.records import Records, Transaction
from storage.references import PicturedReference
from storage.reports import READY

SHOWN = 200  # references on the page of a SKU


class Tile(Struct, frozen=True):
    """A picture on a page."""

    id: int
    sku: int
    url: str | None  # null until the reference is embedded
    whole: str  # the photo it is from
    source: str
    problem: str | None


@get("/skus", sync_to_thread=True, include_in_schema=False)
def list_skus(page: Given[Page], records: Given[Records], q: FromQuery[str] = "") -> Response[Any]:
    """Show the SKUs, by name; `q` are words in name, code or barcode."""
    with records.reading() as tx:
        count, found = sku_overview.page(tx, q, limit=page.limit, offset=page.offset)
    return pages.page("skus.html", skus=listed("/skus/", page, count, found, q=q), q=q)


@get("/skus/{sku_id:int}", sync_to_thread=True, include_in_schema=False)
def get_sku(
    sku_id: PathId,
    records: Given[Records],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[Any]:
    """Show the references of a SKU and its forecast, which is made anew when it is old."""
    with records.reading() as tx:
        sku = catalog.get_sku(tx, sku_id)
        count = references.count_of(tx, sku_id)
        found = references.pictured(tx, sku_id, limit=SHOWN)
        latest = forecasts.latest(tx, sku_id)
        where, key = forecast.link(tx, sku_id, links, now=now)
        told = _told(tx, latest, links, now)
        alike = {one.reference.sku_id: one for one in references.first_of(tx, _confused(told))}
    page = pages.page(
        "sku.html",
        sku=sku,
        count=count,
        tiles=[_tile(one, links, now) for one in found],
        forecast=told,
        current=where.status == READY,
        alike={sku: _tile(one, links, now) for sku, one in alike.items()},
    )
    page.background = forecast.start(nudge, sku_id, key)
    return page


def _told(
    tx: Transaction, latest: Forecast | None, links: Links, now: datetime
) -> SkuForecast | None:
    return forecast.to_wire(tx, latest, links, now) if latest else None


def _confused(told: SkuForecast | None) -> list[int]:
    return [one.id for one in told.confusions or []] if told else []


def _tile(found: PicturedReference, links: Links, now: datetime) -> Tile:
    one = found.reference
    whole = links.path(found.image, now=now)
    return Tile(one.id, one.sku_id, small_path(found), whole, one.source, found.problem)


@get(
    "/references/{reference_id:int}/small.jpg",
    sync_to_thread=True,
    include_in_schema=False,
    media_type="image/jpeg",
)
def get_picture(reference_id: PathId, objects: Given[ObjectStore]) -> Response[bytes]:
    """Send the small picture of a reference."""
    return pages.small_picture(lambda: small_pictures.read(objects, reference_id))


@post("/skus/{sku_id:int}/images", include_in_schema=False)
async def add_pictures(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    sku_id: PathId,
    records: Given[Records],
    objects: Given[ObjectStore],
    limits: Given[Limits],
    now: Given[datetime],
) -> Redirect:
    """Add the files of the page's form as references; the page asks for another forecast."""
    files, _ = await read_files(request, PARTS)
    wanted = await to_thread(sku_images.take, files, records, objects, limits, now)
    await to_thread(sku_images.add, sku_id, wanted, records, now)
    return Redirect(f"/skus/{sku_id}", status_code=303)


@post(
    "/skus/{sku_id:int}/images/{reference_id:int}/remove",
    sync_to_thread=True,
    include_in_schema=False,
)
def remove_picture(sku_id: PathId, reference_id: PathId, records: Given[Records]) -> Redirect:
    """Forget a reference; the page asks for another forecast."""
    with records.transaction() as tx:
        references.remove(tx, sku_id, reference_id)
    return Redirect(f"/skus/{sku_id}", status_code=303)
