"""The pictures of a SKU: every one is a reference by which it is recognised."""

from asyncio import to_thread
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from msgspec import Struct

from api import forecast, reference_pictures, uploads
from api.body import from_form, read_files
from api.errors import FieldWrong
from api.forecast import ForecastLink
from api.given import Given
from api.media import Links
from api.new_references import NewReference, NewReferences, convert, resolve
from api.nudge import Nudge
from api.paging import Listed, Page, PagedOperation, listed
from api.reference_pictures import SkuReference
from api.uploads import PARTS, PHOTOS, Limits
from api.wire import PathId
from storage import catalog, confirmations, references
from storage.objects import ObjectStore
from storage.records import Records

MOST_FILES = 5  # of one request


class AddedImages(Struct, frozen=True):
    """The references that the request asked for, also when they were there before."""

    references: list[SkuReference]
    forecast: ForecastLink


class RemovedImage(Struct, frozen=True):
    """What is left to look at."""

    forecast: ForecastLink


@dataclass
class _ImagesOperation(Operation):
    """Tells the API documentation about the body, which the handler reads itself."""

    def __post_init__(self) -> None:
        """Add the body: JSON of three kinds, or files."""
        photos = Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY),
            description=f"JPEG photos, {MOST_FILES} at most.",
        )
        json = Reference(f"#/components/schemas/{NewReferences.__name__}")
        form = Schema(type=OpenAPIType.OBJECT, properties={PARTS[0]: photos}, required=[PARTS[0]])
        self.request_body = RequestBody(
            {
                "application/json": OpenAPIMediaType(json),
                "multipart/form-data": OpenAPIMediaType(form, encoding=PHOTOS),
            },
            required=True,
        )


@post(
    "/sku/{sku_id:int}/images",
    operation_id="addSkuImages",
    operation_class=_ImagesOperation,
    summary="Add pictures of a SKU",
    tags=["Catalogue"],
)
async def add_images(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    sku_id: PathId,
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    limits: Given[Limits],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[AddedImages]:
    """Add references: pictures that show this SKU and nothing else.

    Uploaded pictures, a box in one, a facing of a scene, or JPEG files themselves. The next scene
    is recognised by them. The same request again changes nothing.
    """
    files, body = await _read(request)
    if body is None:
        wanted = await to_thread(take, files, records, objects, limits, now)
    else:
        wanted = await to_thread(resolve, body, records, objects)
    ids = await to_thread(add, sku_id, wanted, records, now)
    if body is None:  # they are needed from here on; what retention was about to remove comes back
        await to_thread(take, files, records, objects, limits, now)
    added, key = await to_thread(_tell, sku_id, ids, records, links, now)
    return Response(added, background=forecast.start(nudge, sku_id, key))


async def _read(request: Request[Any, Any, Any]) -> tuple[list[bytes], NewReferences | None]:
    """Read files, or what a JSON or form body names."""
    if request.content_type[0] != "multipart/form-data":
        return [], convert(await request.json(), NewReferences)
    files, texts = await read_files(request, PARTS)
    if files or not texts:
        return files, None
    return [], convert(from_form(texts, ("images", "box")), NewReferences)


def take(
    files: list[bytes], records: Records, objects: ObjectStore, limits: Limits, now: datetime
) -> list[NewReference]:
    """Store the photos, each once whatever the number of requests.

    Raises:
        FieldWrong: there is none, or there are too many.
        Refused: one is no photo, damaged or too large.
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise FieldWrong(PARTS[0], f"Send 1 to {MOST_FILES} JPEG files, not {len(files)}.")
    taken = [
        uploads.take(data, records, objects, limits=limits, now=now, again=False) for data in files
    ]
    return [NewReference(image.id) for image in taken]


def add(sku_id: int, wanted: list[NewReference], records: Records, now: datetime) -> set[int]:
    """Add the references; the ids of all of them, also of those that were there before."""
    with records.transaction() as tx:
        catalog.get_sku(tx, sku_id)
        for said in (one.said for one in wanted if one.said):  # it is an answer as well
            confirmations.confirm(tx, said, sku_id, learn=True, now=now)
        return {
            references.add(tx, sku_id, one.image, crop=one.crop, source=one.source, now=now).id
            for one in wanted
        }


def _tell(
    sku_id: int, ids: set[int], records: Records, links: Links, now: datetime
) -> tuple[AddedImages, str]:
    with records.reading() as tx:
        all_of_it = references.pictured(tx, sku_id, limit=references.count_of(tx, sku_id))
        told = [
            reference_pictures.to_wire(one, links, now)
            for one in all_of_it
            if one.reference.id in ids
        ]
        where, key = forecast.link(tx, sku_id, links, now=now)
        return AddedImages(told, where), key


@get(
    "/sku/{sku_id:int}/images",
    sync_to_thread=True,
    operation_id="listSkuImages",
    operation_class=PagedOperation,
    summary="List the pictures of a SKU",
    tags=["Catalogue"],
)
def list_images(
    sku_id: PathId,
    page: Given[Page],
    records: Given[Records],
    links: Given[Links],
    now: Given[datetime],
) -> Listed[SkuReference]:
    """List the references of a SKU, the oldest first."""
    with records.reading() as tx:
        catalog.get_sku(tx, sku_id)
        count = references.count_of(tx, sku_id)
        found = references.pictured(tx, sku_id, limit=page.limit, offset=page.offset)
    told = [reference_pictures.to_wire(one, links, now) for one in found]
    return listed(f"{links.base_url}/api/v1.5/sku/{sku_id}/images/", page, count, told)


@delete(
    "/sku/{sku_id:int}/images/{reference_id:int}",
    sync_to_thread=True,
    status_code=200,
    operation_id="removeSkuImage",
    summary="Remove a picture of a SKU",
    tags=["Catalogue"],
)
def remove_image(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    sku_id: PathId,
    reference_id: PathId,
    records: Given[Records],
    links: Given[Links],
    nudge: Given[Nudge],
    now: Given[datetime],
) -> Response[RemovedImage]:
    """Forget a reference; the uploaded picture stays."""
    with records.transaction() as tx:
        references.remove(tx, sku_id, reference_id)
    with records.reading() as tx:
        told, key = forecast.link(tx, sku_id, links, now=now)
    return Response(RemovedImage(told), background=forecast.start(nudge, sku_id, key))
