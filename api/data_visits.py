"""The Data API: visits to collect, one in full, confirming it, and a KPI of one's own.

Source: v1.5 API, "Data API"; what its documentation leaves open is in docs/data-api.md.
"""

from asyncio import to_thread
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody
from litestar.params import JSONBody, QueryParameter

from api import auth, openapi
from api.data_shapes import AckBody, Acknowledged, FullVisit, KpiBody, VisitItem, VisitKpi
from api.data_visit import read_visit, to_item
from api.given import Given
from api.media import Links
from api.new_references import convert
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import PathId, to_utc
from flows.reports.visit_kpis import KPIS
from storage import collected_visits, visits
from storage.collected_visits import KpiValue, Wanted
from storage.objects import ObjectStore
from storage.records import Records

VERSIONS = ("/api/data/v1.3", "/api/data/v1.0")  # the documented ones; the same calls

Named = Annotated[str | None, QueryParameter(max_length=255)]
IsNew = Annotated[bool, QueryParameter(description="What was not confirmed since it changed.")]
Since = Annotated[
    str | None,
    QueryParameter(
        description="Started then or later, ISO 8601.", schema_extra={"format": "date-time"}
    ),
]


@dataclass
class _AckOperation(Operation):
    """Tells the API documentation about the body, which may be missing."""

    def __post_init__(self) -> None:
        """Add the body."""
        body = OpenAPIMediaType(Reference(f"#/components/schemas/{AckBody.__name__}"))
        self.request_body = RequestBody({"application/json": body}, required=False)


@get(
    "/visits",
    sync_to_thread=True,
    operation_id="listNewVisits",
    operation_class=PagedOperation,
    summary="List visits to collect",
)
def list_visits(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    page: Given[Page],
    records: Given[Records],
    links: Given[Links],
    is_new: IsNew = True,
    cid: Named = None,
    route: Named = None,
    agent: Named = None,
    datetime_gte: Since = None,
) -> Listed[VisitItem]:
    """List visits that were not confirmed yet, the oldest first; with `is_new=false` the others."""
    since = None if datetime_gte is None else to_utc("datetime_gte", datetime_gte)
    with records.reading() as tx:
        wanted = Wanted(is_new, cid, route, agent, since)
        count, found = collected_visits.page(tx, wanted, limit=page.limit, offset=page.offset)
    query = {k: v for k, v in request.query_params.items() if k not in Page.__struct_fields__}
    url = f"{links.base_url}{request.url.path.rstrip('/')}/"
    return listed(url, page, count, [to_item(visit) for visit in found], **query)


@get(
    "/visits/{visit_id:int}",
    sync_to_thread=True,
    operation_id="getFullVisit",
    summary="Get a visit with its scenes",
)
def get_visit(
    visit_id: PathId,
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    now: Given[datetime],
) -> FullVisit:
    """Read a visit: photos, what was recognised on them, KPIs, reasons why SKUs are missing."""
    return read_visit(records, visit_id, objects, links, now)


@post(
    "/visits/{visit_id:int}/ack",
    status_code=200,
    operation_id="acknowledgeVisit",
    operation_class=_AckOperation,
    summary="Confirm that a visit was collected",
)
async def acknowledge(
    request: Request[Any, Any, Any], visit_id: PathId, records: Given[Records]
) -> Acknowledged:
    """Take the visit off the list; it is new again when something of it changes."""
    body = convert(await request.json(), AckBody) if await request.body() else AckBody()
    return await to_thread(_confirm, visit_id, body, records)


def _confirm(visit_id: int, body: AckBody, records: Records) -> Acknowledged:
    seen = None if body.updated_at is None else to_utc("updated_at", body.updated_at)
    cid = None if body.cid is None else str(body.cid)
    with records.transaction() as tx:
        visit = collected_visits.confirm(tx, visit_id, cid=cid, seen=seen)
    return Acknowledged(visit.id, visit.cid or "", visit.is_new)


@post(
    "/visits/{visit_id:int}/kpivalue",
    status_code=200,
    sync_to_thread=True,
    operation_id="setKpiValue",
    summary="Change a KPI of a visit",
)
def set_kpi(
    visit_id: PathId, data: JSONBody[KpiBody], records: Given[Records], now: Given[datetime]
) -> VisitKpi:
    """Say what a KPI of the visit is, in place of what reports say; the visit is new again."""
    new = KpiValue(data.kpi, data.value, data.target_value)
    with records.transaction() as tx:
        collected_visits.get(tx, visit_id)
        collected_visits.set_kpi(tx, visit_id, new, now=now)
        visits.touch(tx, visit_id, now=now)
    return VisitKpi(new.kpi, KPIS.get(new.kpi), new.value, new.target_value, "client")


def routers() -> list[Router]:
    """Make the calls under both versions; the API document has those of the newer one."""
    return [
        Router(
            path,
            route_handlers=[list_visits, get_visit, acknowledge, set_kpi],
            guards=[auth.require_token],
            security=openapi.SECURED,
            tags=["Data API"],
            include_in_schema=path == VERSIONS[0],
        )
        for path in VERSIONS
    ]
