"""Scenes to look at: a page for people, the same as JSON for programs."""

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.params import PathParameter, QueryParameter

from api import pages
from api.given import Given
from api.media import Links
from api.scene_overlay import colour_of
from api.scene_page import load_shown
from api.scene_summary import SceneSummary, summarise
from api.wire import BIGGEST
from storage import oos_reasons, reports, scenes
from storage.objects import ObjectStore
from storage.records import Records
from storage.scenes import DONE, ERROR

RECENT = 50  # scenes on the front page

VisitId = Annotated[int | None, QueryParameter(ge=1, le=BIGGEST)]
SceneName = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{32}\Z")]


@get("/", sync_to_thread=True, include_in_schema=False)
def list_scenes(
    records: Given[Records], prefect_ui: Given[str], visit: VisitId = None
) -> Response[Any]:
    """Show the newest scenes, of all visits or of one."""
    with records.reading() as tx:
        found = scenes.recent(tx, RECENT, visit_id=visit)
    return pages.page("index.html", scenes=found, prefect_ui=prefect_ui)


@get(
    "/scenes/{scene:str}",
    sync_to_thread=True,
    media_type=MediaType.JSON,
    operation_id="getScene",
    summary="Look at a scene",
    tags=["Scenes"],
)
def get_scene(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    scene: SceneName,
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    prefect_ui: Given[str],
    now: Given[datetime],
) -> Response[SceneSummary]:
    """Tell how far a scene is; a browser (`Accept: text/html`) gets a page with its photos."""
    with records.reading() as tx:
        found = scenes.by_scene(tx, scene)
        photos = scenes.photos(tx, found.id)
        made = reports.of_scene(tx, found.id)
        reasons = oos_reasons.of_scenes(tx, [found.id])
    urls = {photo.image.id: links.path(photo.image, now=now) for photo in photos}
    summary = summarise(found, photos, made, reasons=reasons, urls=urls, prefect_ui=prefect_ui)
    if not pages.wants_page(request):
        return Response(summary)
    shown = load_shown(records, objects, found, made)
    live = found.status not in (DONE, ERROR)
    return pages.page("scene.html", scene=summary, live=live, shown=shown, colour_of=colour_of)
