"""Reports out: the list, one report, and computing some anew."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from api.auth import RECOGNISING
from api.cause import cause
from api.errors import FieldWrong
from api.etag import tagged
from api.given import Given
from api.idempotency import Once
from api.media import Links
from api.nudge import Nudge
from api.paging import Listed, Page, PagedOperation, listed
from api.quality import MeasuredPhoto, measured
from api.webhook_url import check_url
from api.wire import Id, PathId, Timestamp, timestamp
from flows.reports import on_wire
from storage import failpoints, reports, scenes
from storage.errors import NotFound
from storage.lineage import Lineage, of_revision
from storage.objects import ObjectStore
from storage.quality import PhotoWarning, warnings
from storage.records import Records, Transaction
from storage.reports import NOT_READY, READY, Report
from storage.scenes import ScenePhoto
from storage.work import COMPUTE_REPORTS

MAX_REVISION = 2**31 - 1  # what its column holds
MAX_UPDATES = 1000  # reports computed anew by one request


class ReportItem(Struct, frozen=True):
    """A report in the list, without its data."""

    id: int
    status: str  # NOT_READY, READY or ERROR
    report_type: str
    created_date: Timestamp
    updated_date: Timestamp
    visit: int


class PhotoProblem(Struct, frozen=True):
    """A photo the report could not use."""

    image: int
    problem: str


class PhotosUsed(Struct, frozen=True):
    """How many of the scene's photos the report is made of."""

    used: int
    total: int
    problems: list[PhotoProblem]
    quality: list[MeasuredPhoto]  # of the photos that were used


class OneReport(Struct, frozen=True):
    """A report; while NOT_READY only its id, status and type."""

    id: int
    status: str
    report_type: str
    created_date: Timestamp | UnsetType = UNSET
    updated_date: Timestamp | UnsetType = UNSET
    visit: int | UnsetType = UNSET
    previous_report: int | UnsetType | None = UNSET
    photos: PhotosUsed | UnsetType = UNSET
    warnings: list[PhotoWarning] | UnsetType = UNSET  # why photos may show less than is there
    json: Any = UNSET  # READY: the data; its form depends on the type
    error: str | UnsetType = UNSET  # ERROR: what went wrong
    revision: int | UnsetType = UNSET  # when a revision or the lineage was asked for
    lineage: Lineage | UnsetType | None = UNSET  # when asked for; null = not READY, or too old


Revision = Annotated[
    int | None, QueryParameter(ge=1, le=MAX_REVISION, description="Else the newest.")
]
WithLineage = Annotated[bool, QueryParameter(description="Say what the report was made from.")]


class ForceUpdate(Struct, frozen=True):
    """Which reports to compute anew, and where to send them."""

    reports: Annotated[list[Id], Meta(min_length=1, max_length=MAX_UPDATES)]
    webhook: str | None = None


class Forced(Struct, frozen=True):
    """The reports that are computed anew."""

    reports: list[int]


@get(
    "/reports",
    sync_to_thread=True,
    operation_id="listReports",
    operation_class=PagedOperation,
    summary="List reports",
    tags=["Reports"],
)
def list_reports(
    page: Given[Page], records: Given[Records], links: Given[Links]
) -> Listed[ReportItem]:
    """List reports, the newest first."""
    with records.reading() as tx:
        count, found = reports.page(tx, limit=page.limit, offset=page.offset)
    url = f"{links.base_url}/api/v1.5/reports/"
    return listed(url, page, count, [_to_item(report) for report in found])


@get(
    "/reports/{report_id:int}",
    sync_to_thread=True,
    operation_id="getReport",
    summary="Get a report",
    tags=["Reports"],
)
def get_report(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    report_id: PathId,
    records: Given[Records],
    objects: Given[ObjectStore],
    revision: Revision = None,
    lineage: WithLineage = False,
) -> Response[OneReport]:
    """Read one report; its data is in `json` when it is READY.

    Every `force_update` makes a revision; the older ones stay. `warnings` says which photos may
    show less than is there, and what the photographer should do. A client that polls sends the
    `ETag` back as `If-None-Match` and gets 304 while nothing is new.
    """
    with records.reading() as tx:
        report = reports.get(tx, report_id, revision=revision)
        photos = scenes.photos(tx, report.scene_id)
        made_from = of_revision(tx, report_id, report.revision) if lineage else UNSET
    answer = to_wire(reports.with_body(report, objects), photos)
    asked = report.revision if revision or lineage else UNSET
    return tagged(request, msgspec.structs.replace(answer, revision=asked, lineage=made_from))


@post(
    "/reports/force_update",
    opt=RECOGNISING,
    status_code=200,
    sync_to_thread=True,
    operation_id="forceUpdateReports",
    summary="Compute reports anew",
    tags=["Reports"],
)
def force_update(
    data: JSONBody[ForceUpdate], once: Given[Once], nudge: Given[Nudge], now: Given[datetime]
) -> Response[Forced]:
    """Compute reports anew from what was recognised, for example after master data changed."""
    webhook = check_url("webhook", data.webhook)
    ids = list(dict.fromkeys(data.reports))

    def update(tx: Transaction) -> tuple[Forced, BackgroundTask]:
        revisions = _start_revisions(tx, ids, webhook, now)
        key = f"{COMPUTE_REPORTS}-{ids[0]}-{revisions[ids[0]]}"
        parameters = {"report_ids": ids}
        return Forced(ids), BackgroundTask(
            nudge.send, COMPUTE_REPORTS, parameters=parameters, key=key
        )

    reply = once.do(data, update)
    failpoints.hit("revision committed")
    return reply


def _start_revisions(
    tx: Transaction, report_ids: list[int], webhook: str | None, now: datetime
) -> dict[int, int]:
    """Start a revision of each report, or of none."""
    started: dict[int, int] = {}
    unknown: list[int] = []
    for report_id in sorted(report_ids):  # rows are locked in one order
        try:
            started[report_id] = reports.start_revision(
                tx, report_id, webhook=webhook, now=now, cause=cause()
            )
        except NotFound:
            unknown.append(report_id)
    if unknown:
        raise FieldWrong("reports", f"Unknown reports: {', '.join(map(str, unknown))}.")
    return started


def _to_item(report: Report) -> ReportItem:
    return ReportItem(
        id=report.id,
        status=report.status,
        report_type=on_wire(report.report_type),
        created_date=timestamp(report.created_at),
        updated_date=timestamp(report.updated_at),
        visit=report.visit_id,
    )


def to_wire(report: Report, photos: list[ScenePhoto]) -> OneReport:
    """Write a report; its stored JSON goes out byte for byte."""
    if report.status == NOT_READY:
        return OneReport(report.id, report.status, on_wire(report.report_type))
    ready = report.status == READY
    return OneReport(
        **msgspec.structs.asdict(_to_item(report)),
        previous_report=report.previous_report if ready else UNSET,
        photos=_photos_used(photos),
        warnings=warnings((photo.image.id, photo.quality) for photo in photos),
        json=msgspec.Raw(report.body or b"null") if ready else UNSET,
        error=UNSET if ready else report.problem or "The report failed.",
    )


def _photos_used(photos: list[ScenePhoto]) -> PhotosUsed:
    problems = [PhotoProblem(p.image.id, p.problem or "") for p in photos if p.status == "ERROR"]
    used = sum(photo.status == READY for photo in photos)
    return PhotosUsed(used, len(photos), problems, measured(photos))
