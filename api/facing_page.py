"""One facing: what recognition said of it, and the place where a person says what it is."""

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.params import FromQuery, JSONBody, PathParameter
from litestar.response import Redirect
from msgspec import Meta, Struct

from api import forecast, pages
from api.errors import FieldWrong
from api.facing_view import FacingView, Revision, check_revision, load_views, search
from api.given import Given
from api.media import Links
from api.nudge import Nudge
from api.pages import wants_page
from api.scenes import SceneName
from api.wire import BIGGEST, Id
from storage import confirmations, crops, facings, images, scenes
from storage.confirmations import SaidFacing
from storage.errors import NotFound
from storage.facings import FacingRef
from storage.objects import ObjectStore
from storage.records import Records, Transaction

FacingId = Annotated[int, PathParameter(ge=0, le=BIGGEST)]


class ConfirmBody(Struct, frozen=True):
    """What the facing is."""

    sku: Annotated[Id | None, Meta(description="null = none of the known SKUs.")]
    reference: Annotated[bool, Meta(description="Also learn it as a reference.")] = False
    facts_revision: Revision = None


@get(
    "/scenes/{scene:str}/facings/{facing_id:int}",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="getFacing",
    summary="Look at a facing",
    tags=["Learning"],
)
def get_facing(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    scene: SceneName,
    facing_id: FacingId,
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    now: Given[datetime],
    q: FromQuery[str] = "",
) -> Response[FacingView]:
    """Tell what recognition said of a facing; a browser gets a page that asks what it is.

    `q` searches the SKUs to choose from, on the page.
    """
    ref = _refer(records, scene, facing_id)
    view = _load(records, objects, links, ref, now)
    if not wants_page(request):
        return Response(view)
    with records.reading() as tx:
        photo = images.get(tx, view.image)
        found = search(tx, q, links, now)
    url = links.path(photo, now=now)
    return pages.page("facing.html", facing=view, photo=photo, url=url, q=q, found=found)


@post(
    "/scenes/{scene:str}/facings/{facing_id:int}/confirm",
    sync_to_thread=True,
    status_code=200,
    operation_id="confirmFacing",
    summary="Say what a facing is",
    tags=["Learning"],
)
def confirm_facing(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    scene: SceneName,
    facing_id: FacingId,
    data: JSONBody[ConfirmBody],
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[FacingView]:
    """Note what a facing is, in place of what was said of it before.

    With `reference` the facing becomes a reference: the next scene knows the SKU by it. With
    `facts_revision` nothing is noted when the scene was recognised again since.
    """
    ref = _refer(records, scene, facing_id)
    check_revision(ref, data.facts_revision)
    row = facings.read(objects, [ref]).get((ref.scene_id, facing_id))
    if row is None:
        raise NotFound
    said, start = facings.said(ref, row), None
    with records.transaction() as tx:
        _confirm(tx, said, data, now)
        if data.sku is not None and data.reference:
            start = forecast.start(nudge, data.sku, forecast.nudge_key(tx, data.sku, now=now))
    if wants_page(request):
        address = f"/scenes/{scene}/facings/{facing_id}/"
        return Redirect(address, status_code=303, background=start)
    return Response(_load(records, objects, links, ref, now), background=start)


def _confirm(tx: Transaction, said: SaidFacing, data: ConfirmBody, now: datetime) -> None:
    try:
        confirmations.confirm(tx, said, data.sku, learn=data.reference, now=now)
    except NotFound as error:
        raise FieldWrong("sku", str(error)) from None


@get(
    "/scenes/{scene:str}/facings/{facing_id:int}/crop.jpg",
    sync_to_thread=True,
    media_type="image/jpeg",
    operation_id="getCrop",
    summary="Get a small picture of a facing",
    tags=["Learning"],
)
def get_crop(
    scene: SceneName, facing_id: FacingId, records: Given[Records], objects: Given[ObjectStore]
) -> Response[bytes]:
    """Send a picture of at most 160 pixels; only facings that are in doubt have one."""
    ref = _refer(records, scene, facing_id)
    return pages.small_picture(lambda: crops.read(objects, ref))


def _refer(records: Records, scene: str, facing_id: int) -> FacingRef:
    with records.reading() as tx:
        return facings.refer(scenes.by_scene(tx, scene), facing_id)


def _load(
    records: Records, objects: ObjectStore, links: Links, ref: FacingRef, now: datetime
) -> FacingView:
    views = load_views(records, objects, links, [ref], now=now)
    if not views:
        raise NotFound
    return views[0]
