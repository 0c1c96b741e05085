"""How well a SKU will be recognised: told as soon as a flow has worked it out."""

import asyncio
from datetime import datetime
from typing import Annotated

from litestar import Response, get
from litestar.background_tasks import BackgroundTask
from litestar.params import QueryParameter
from msgspec import Struct

from api.given import Given
from api.media import Links
from api.nudge import Nudge
from api.reference_pictures import Picture, pictures_of
from api.wire import PathId, Timestamp, timestamp
from storage import catalog, forecasts, galleries, references
from storage.forecasts import Forecast
from storage.records import Records, Transaction
from storage.reports import NOT_READY, READY
from storage.work import FORECAST_SKU

LOOK_SECONDS = 0.25  # between two looks while a client waits
LONGEST = 30  # seconds a client may wait
PATIENCE = 300  # seconds after which a forecast that did not come is asked for anew

Wait = Annotated[float, QueryParameter(ge=0, description="Seconds, 30 at most.")]


class ForecastLink(Struct, frozen=True):
    """Where the forecast is, and whether it is there already."""

    status: str  # NOT_READY or READY
    url: str


class ConfusedSku(Struct, frozen=True):
    """A SKU that looks alike; `score` is the highest cosine between references of the two."""

    id: int
    name: str
    image: Picture | None
    score: float


class SkuForecast(Struct, frozen=True):
    """What to expect of a SKU; all but `status` is null until READY.

    `recall` is the expected share of its facings that are named, at the shipped threshold: each
    reference looked up among all the others. It is null as long as there are not two.
    """

    status: str
    references: int | None = None
    failed: int | None = None  # references whose picture cannot be read
    recall: float | None = None
    confusions: list[ConfusedSku] | None = None
    advice: str | None = None
    created_date: Timestamp | None = None


@get(
    "/sku/{sku_id:int}/forecast",
    operation_id="getForecast",
    summary="Forecast how well a SKU will be recognised",
    tags=["Catalogue"],
)
async def get_forecast(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    sku_id: PathId,
    records: Given[Records],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
    wait: Wait = 0,
) -> Response[SkuForecast]:
    """Tell which SKUs it will be confused with, how many references it has, and what to do.

    A forecast is of one gallery: while references are new it is NOT_READY, and asking starts it.
    `wait` waits for it, up to 30 seconds.
    """
    told, key = await asyncio.to_thread(_read, sku_id, records, links, now)
    send = start(nudge, sku_id, key)
    if send is None or not wait:
        return Response(told, background=send)
    await send()
    deadline = asyncio.get_running_loop().time() + min(wait, LONGEST)
    while told.status != READY and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        told, _ = await asyncio.to_thread(_read, sku_id, records, links, now)
    return Response(told)


def start(nudge: Nudge, sku_id: int, key: str) -> BackgroundTask | None:
    """Ask for the SKU's forecast, once the reply is on its way; without a key nothing is asked."""
    if not key:
        return None
    return BackgroundTask(nudge.send, FORECAST_SKU, parameters={"sku_id": sku_id}, key=key)


def nudge_key(tx: Transaction, sku_id: int, *, now: datetime) -> str:
    """Name the run that makes this forecast: one for each gallery, anew when it took too long."""
    embedder = galleries.in_use(tx)
    version = galleries.version(tx, embedder) if embedder else 0
    newest = max((one.id for one in references.of_sku(tx, sku_id)), default=0)
    return f"{FORECAST_SKU}-{sku_id}-{version}-{newest}-{now.timestamp() // PATIENCE:.0f}"


def link(tx: Transaction, sku_id: int, links: Links, *, now: datetime) -> tuple[ForecastLink, str]:
    """Tell where the forecast is, and the key of the run that makes it; "" = it is made."""
    latest = forecasts.latest(tx, sku_id)
    ready = latest is not None and latest.current
    url = f"{links.base_url}/api/v1.5/sku/{sku_id}/forecast/"
    key = "" if ready else nudge_key(tx, sku_id, now=now)
    return ForecastLink(READY if ready else NOT_READY, url), key


def _read(sku_id: int, records: Records, links: Links, now: datetime) -> tuple[SkuForecast, str]:
    """Read the forecast as it is, and the key of the run that would make it."""
    with records.reading() as tx:
        catalog.get_sku(tx, sku_id)
        latest = forecasts.latest(tx, sku_id)
        if latest is None or not latest.current:
            return SkuForecast(NOT_READY), nudge_key(tx, sku_id, now=now)
        return to_wire(tx, latest, links, now), ""


def to_wire(tx: Transaction, forecast: Forecast, links: Links, now: datetime) -> SkuForecast:
    """Write a forecast for clients, with names and pictures of the confused SKUs."""
    outlook = forecast.outlook
    ids = [one.sku_id for one in outlook.confusions]
    names, pictures = catalog.names(tx, ids), pictures_of(tx, ids, links, now)
    return SkuForecast(
        READY if forecast.current else NOT_READY,
        references=outlook.references,
        failed=outlook.failed,
        recall=outlook.recall,
        confusions=[
            ConfusedSku(one.sku_id, names.get(one.sku_id, ""), pictures.get(one.sku_id), one.score)
            for one in outlook.confusions
        ],
        advice=outlook.advice,
        created_date=timestamp(forecast.created_at) if forecast.created_at else None,
    )
