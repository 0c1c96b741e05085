"""POST /scenes/{scene}/planogram: what a scene shows becomes a planogram."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api import pages
from api.errors import FieldWrong
from api.given import Given
from api.master_bodies import OwnId
from api.scene_overlay import read_facts
from api.scenes import SceneName
from api.wire import Id, Text
from flows.reports.scene_shelves import across
from storage import catalog, drawn_planogram, scenes
from storage.drawn_planogram import Drawn
from storage.objects import ObjectStore
from storage.records import Records


class DrawBody(Struct, frozen=True):
    """The planogram to make."""

    name: Annotated[Text, Meta(min_length=1)]
    display: Annotated[Id | None, Meta(description="Whose planogram it is to be.")] = None
    id: OwnId | None = None


@post(
    "/scenes/{scene:str}/planogram",
    sync_to_thread=True,
    operation_id="drawPlanogram",
    summary="Make a scene the planogram",
    tags=["Master data"],
)
def draw_planogram(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    scene: SceneName,
    data: JSONBody[DrawBody],
    records: Given[Records],
    objects: Given[ObjectStore],
    now: Given[datetime],
) -> Response[Drawn]:
    """Make a planogram of what stands in a scene: facings with a SKU, duplicates left out.

    A run of one SKU is a record with its facings side by side and stacked. With `display` it is
    the planogram of that display from now on.
    """
    with records.reading() as tx:
        found = scenes.by_scene(tx, scene)
    frames = read_facts(objects, found, ["facings", "photos", "placements"])
    if not frames:
        raise FieldWrong("scene", "The scene has not been recognised yet: wait for its reports.")
    photos = dict(frames["photos"].select("image_id", "position").iter_rows())
    laid = across(frames["facings"], frames["placements"])
    fields = {"name": data.name, "id": data.id}
    if data.display is not None:
        fields["display"] = data.display
    with records.transaction() as tx:
        drawn = drawn_planogram.draw(tx, found.id, laid, photos=photos, fields=fields, now=now)
        if not drawn.records:
            raise FieldWrong("scene", "No facing on a shelf has a SKU: say what some of them are.")
    if not pages.wants_page(request):
        return Response(drawn)
    with records.reading() as tx:
        names = catalog.names(tx, {record.sku for record in drawn.records if record.sku})
    facings = sum((one.facing_x or 1) * (one.facing_y or 1) for one in drawn.records)
    return pages.page("planogram.html", drawn=drawn, names=names, scene=scene, facings=facings)
