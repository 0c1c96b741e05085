"""POST /planogram/match: a planogram and detections in, the match out; nothing is stored."""

from typing import Annotated, Any

import polars as pl
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct, structs

from api.auth import RECOGNISING
from api.errors import FieldWrong
from api.wire import Id
from flows.reports import planogram_compliance
from flows.reports.frames import INPUTS
from flows.reports.planogram_compliance import PlanogramCompliance

MOST = 5000  # detections, and faces of the planogram
_MOST_PIXELS = 1_000_000

Index = Annotated[int, Meta(ge=0, lt=MOST)]
Faces = Annotated[int, Meta(ge=1, le=MOST)]
Pixels = Annotated[float, Meta(ge=-_MOST_PIXELS, le=_MOST_PIXELS)]
Size = Annotated[int, Meta(ge=1, le=_MOST_PIXELS)]


class PlannedRecord(Struct, frozen=True):
    """What should stand in one place; as in `/planogram_records/`."""

    sku: Id
    id: Annotated[Id | None, Meta(description="Names it in the answer; else its number.")] = None
    rack_index: Index = 0
    shelf_index: Index = 0
    product_index: Annotated[Index | None, Meta(description="Else its number.")] = None
    facing_x: Faces = 1
    facing_y: Faces = 1
    width: Annotated[Size | None, Meta(description="Of one face, mm.")] = None


class SeenFacing(Struct, frozen=True):
    """A facing; pixels of the upright photo, origin top left."""

    x1: Pixels
    y1: Pixels
    x2: Pixels
    y2: Pixels
    shelf_index: Annotated[Index, Meta(description="Of the photo, from the top, from 0.")]
    sku: Annotated[Id | None, Meta(description="Null = not identified.")] = None
    image: Id = 1
    duplicate: Annotated[bool, Meta(description="Seen in another photo as well: not counted.")] = (
        False
    )


class PhotoSize(Struct, frozen=True):
    """A photo, pixels."""

    width: Size
    height: Size
    image: Id = 1


class MatchBody(Struct, frozen=True):
    """What to compare. A photo that is not told is as large as its facings reach."""

    planogram: Annotated[list[PlannedRecord], Meta(min_length=1, max_length=MOST)]
    detections: Annotated[list[SeenFacing], Meta(max_length=MOST)]
    photos: Annotated[list[PhotoSize], Meta(max_length=MOST)] = []


@post(
    "/planogram/match",
    sync_to_thread=True,
    status_code=200,
    operation_id="matchPlanogram",
    summary="Compare facings with a planogram",
    tags=["Master data"],
    opt=RECOGNISING,
)
def match_planogram(data: JSONBody[MatchBody]) -> Response[PlanogramCompliance]:
    """Compare what stands on a shelf with a planogram, as the report PLANOGRAM_COMPLIANCE does.

    Nothing of it is stored, no photo is needed. `facing_id` of a box in the answer is the number of
    the detection in the request, from 0.
    """
    if sum(record.facing_x * record.facing_y for record in data.planogram) > MOST:
        raise FieldWrong("planogram", f"Plan at most {MOST:,} faces at once.")
    if any(box.x1 >= box.x2 or box.y1 >= box.y2 for box in data.detections):
        raise FieldWrong("detections", "x1 must be below x2, and y1 below y2.")
    frames = {"planogram": _planogram(data), "facings": _facings(data), "photos": _photos(data)}
    return Response(planogram_compliance.planogram_compliance(**frames, skus=_frame("skus", [])))


def _planogram(data: MatchBody) -> pl.DataFrame:
    rows = [
        structs.asdict(record)
        | {
            "sku_id": record.sku,
            "record_id": number if record.id is None else record.id,
            "product_index": number if record.product_index is None else record.product_index,
        }
        for number, record in enumerate(data.planogram)
    ]
    return _frame("planogram", rows)


def _facings(data: MatchBody) -> pl.DataFrame:
    """Positions on a shelf by the middle of the box."""
    rows = [
        structs.asdict(box)
        | {"sku_id": box.sku, "image_id": box.image, "facing_id": number, "rack_index": 0}
        for number, box in enumerate(data.detections)
    ]
    middle = pl.col("x1") + pl.col("x2")
    position = middle.rank("ordinal").over("image_id", "shelf_index").cast(pl.Int32)
    return _frame("facings", rows).with_columns(position_index=position)


def _photos(data: MatchBody) -> pl.DataFrame:
    sizes = {photo.image: structs.asdict(photo) for photo in data.photos}
    images = sizes.keys() | {box.image for box in data.detections} or {1}
    rows = [
        {"width": None, "height": None, "status": "READY"}
        | sizes.get(image, {})
        | {"image_id": image}
        for image in sorted(images)
    ]
    return _frame("photos", rows)


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = INPUTS[name].schema
    cells = [{column: row.get(column) for column in schema} for row in rows]
    return pl.DataFrame(cells, schema=schema)
