"""Two revisions of a report compared, for programs and as a page."""

from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from api import pages
from api.errors import FieldWrong
from api.given import Given
from api.reports import MAX_REVISION
from api.wire import PathId
from flows.reports import by_name, canonical, on_wire
from flows.reports.contract import Report as ReportType
from flows.reports.frames import INPUTS
from flows.reports.revisions import Difference, Frames, compare
from storage import catalog, kept_frames, lineage, reports
from storage.errors import NotFound
from storage.lineage import Lineage
from storage.objects import ObjectStore
from storage.records import Records, Transaction
from storage.reports import READY, Report

From = Annotated[
    int | None,
    QueryParameter(name="from", ge=1, le=MAX_REVISION, description="Else the one before `to`."),
]
To = Annotated[
    int | None, QueryParameter(name="to", ge=1, le=MAX_REVISION, description="Else the newest.")
]


class MadeBy(Struct, frozen=True):
    """What a revision was made with."""

    revision: int
    facts_revision: int
    detector: str | None
    embedder: str | None
    gallery: int | None  # its version at recognition
    master_data: dict[str, int]  # versions by kind
    program: str


class ReportDiff(Struct, frozen=True):
    """What differs between two revisions of a report, and why."""

    report: int
    report_type: str
    before: MadeBy
    after: MadeBy
    difference: Difference


@get(
    "/reports/{report_id:int}/diff",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="diffReport",
    summary="Compare two revisions of a report",
    tags=["Reports"],
)
def diff_report(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    report_id: PathId,
    records: Given[Records],
    objects: Given[ObjectStore],
    from_: From = None,
    to: To = None,
) -> Response[Any]:
    """Tell which SKUs, rows and totals differ, and whether models or master data explain it.

    The older facts are reported once more with the newer master data: what then differs from the
    newer revision is due to models and gallery. A browser (`Accept: text/html`) gets a page.
    """
    with records.reading() as tx:
        after = reports.get(tx, report_id, revision=to)
        before = reports.get(tx, report_id, revision=from_ or max(1, after.revision - 1))
        made = [_made_from(tx, one) for one in (before, after)]
    told = _compared(objects, after, [before.revision, after.revision], made)
    if not pages.wants_page(request):
        return Response(told)
    with records.reading() as tx:
        names = catalog.names(tx, [one.sku_id for one in told.difference.skus if one.sku_id])
    return pages.page("report_diff.html", diff=told, scene=after.scene, names=names)


def _made_from(tx: Transaction, report: Report) -> Lineage:
    found = lineage.of_revision(tx, report.id, report.revision)
    if report.status != READY or found is None:
        raise NotFound(
            f"Revision {report.revision} of report {report.id} is {report.status} or older than "
            "lineage: there is nothing to compare."
        )
    return found


def _compared(
    objects: ObjectStore, report: Report, revisions: list[int], made: list[Lineage]
) -> ReportDiff:
    if canonical(report.report_type) is None:
        raise NotFound(f"There is no report type {report.report_type} any more.")
    report_type = by_name(report.report_type)
    if not all(report_type.may_lack(set(report_type.inputs) - one.inputs.keys()) for one in made):
        sentence = "A revision was made from other frames than this program knows; choose a later."
        raise FieldWrong("from", sentence)
    before, after = (_frames(objects, report_type, one) for one in made)
    difference = compare(report_type, before, after)
    old, new = (_to_wire(*one) for one in zip(revisions, made, strict=True))
    return ReportDiff(report.id, on_wire(report.report_type), old, new, difference)


def _frames(objects: ObjectStore, report_type: ReportType, made: Lineage) -> Frames:
    keys = {name: made.inputs[name] for name in report_type.inputs if name in made.inputs}
    return kept_frames.load_inputs(objects, keys, {name: INPUTS[name].schema for name in keys})


def _to_wire(revision: int, made: Lineage) -> MadeBy:
    told = {name: getattr(made, name) for name in MadeBy.__struct_fields__[1:]}
    return MadeBy(revision, **told)
