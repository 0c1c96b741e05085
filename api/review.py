"""The review list: what people should look at, errors that clients reported first."""

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.response import Redirect
from msgspec import Meta, Struct

from api import pages
from api.facing_view import FacingView, load_views
from api.given import Given
from api.media import Links
from api.pages import wants_page
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import PathId, Timestamp, timestamp
from storage import catalog, doubts, facings, feedback, images
from storage.doubts import DoubtedFacing
from storage.feedback import RecognitionError
from storage.objects import ObjectStore
from storage.records import Records, Transaction

ERROR = "ERROR"

Kind = Annotated[str, Meta(description="ERROR, AMBIGUOUS or UNSURE.")]


class ErrorView(Struct, frozen=True):
    """What a client says was recognised wrongly."""

    id: int
    sku_gid: int
    name: str | None  # null = no SKU of the catalogue has this id
    message: str | None
    photos: list[str]  # signed links, for a quarter of an hour, on this server
    closed_date: Timestamp | None


class ReviewItem(Struct, frozen=True):
    """Something to look at: an error, or a facing in doubt."""

    kind: Kind
    scene: str
    created_date: Timestamp
    error: ErrorView | None = None
    facing: FacingView | None = None


@get(
    "/review",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="listReview",
    operation_class=PagedOperation,
    summary="List what to look at",
    tags=["Learning"],
)
def list_review(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    page: Given[Page],
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    now: Given[datetime],
) -> Response[Listed[ReviewItem]]:
    """List open recognition errors, then facings in doubt, the most informative first.

    A browser gets a page where each is answered by a click. What is answered disappears.
    """
    with records.reading() as tx:
        errors, open_errors = feedback.open_errors(tx, limit=page.limit, offset=page.offset)
        rest, offset = page.limit - len(open_errors), max(0, page.offset - errors)
        doubted, found = doubts.to_review(tx, limit=rest, offset=offset)
        items = [_error_item(tx, error, links, now) for error in open_errors]
    items += _facing_items(records, objects, links, found, now)
    answer = listed(f"{links.base_url}/review/", page, errors + doubted, items)
    return pages.page("review.html", review=answer) if wants_page(request) else Response(answer)


@post(
    "/review/errors/{error_id:int}/close",
    sync_to_thread=True,
    status_code=200,
    operation_id="closeRecognitionError",
    summary="Close a recognition error",
    tags=["Learning"],
)
def close_error(
    request: Request[Any, Any, Any],
    error_id: PathId,
    records: Given[Records],
    links: Given[Links],
    now: Given[datetime],
) -> Response[ErrorView]:
    """Note that a person has seen to it; it leaves the review list."""
    with records.transaction() as tx:
        closed = _error_view(tx, feedback.close_error(tx, error_id, now=now), links, now)
    return Redirect("/review/", status_code=303) if wants_page(request) else Response(closed)


def _facing_items(
    records: Records,
    objects: ObjectStore,
    links: Links,
    found: list[DoubtedFacing],
    now: datetime,
) -> list[ReviewItem]:
    refs = [facings.of_doubt(doubt) for doubt in found]
    views = {(v.scene, v.facing): v for v in load_views(records, objects, links, refs, now=now)}
    return [
        ReviewItem(d.kind, d.scene, timestamp(d.created_at), facing=views[d.scene, d.facing_id])
        for d in found
        if (d.scene, d.facing_id) in views
    ]


def _error_item(
    tx: Transaction, error: RecognitionError, links: Links, now: datetime
) -> ReviewItem:
    view = _error_view(tx, error, links, now)
    return ReviewItem(ERROR, error.scene, timestamp(error.created_at), error=view)


def _error_view(tx: Transaction, error: RecognitionError, links: Links, now: datetime) -> ErrorView:
    return ErrorView(
        id=error.id,
        sku_gid=error.sku_gid,
        name=catalog.names(tx, [error.sku_gid]).get(error.sku_gid),
        message=error.message,
        photos=[links.path(images.get(tx, image_id), now=now) for image_id in error.images],
        closed_date=timestamp(error.closed_at) if error.closed_at else None,
    )
