"""Photos in: POST and GET /uploads."""

import hashlib
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.openapi.spec import Encoding, OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from msgspec import UNSET, Struct, UnsetType

from api import jpeg
from api.auth import RECOGNISING
from api.body import read_file
from api.given import Given
from api.idempotency import Once, told
from api.limits import limited
from api.media import Links
from api.quality import PhotoQuality
from api.quality import to_wire as quality_to_wire
from api.wire import PathId, Timestamp, timestamp
from storage import failpoints, images, quality
from storage.errors import DiskFull
from storage.images import Image
from storage.objects import ObjectStore
from storage.records import Records, Transaction

PARTS = ("datafile", "file")  # the documented name, and the one a public client sends

PHOTOS = {PARTS[0]: Encoding("image/jpeg")}


class Upload(Struct, frozen=True):
    """An uploaded photo; width and height are pixels of the upright photo."""

    id: int
    url: str  # signed, for a quarter of an hour
    width: int
    height: int
    created_date: Timestamp
    duplicate: bool  # these bytes had been uploaded before
    quality: PhotoQuality | UnsetType | None = UNSET  # GET: null before recognition


class Limits(Struct, frozen=True):
    """How much the platform takes: of a photo, and in all.

    Attributes:
        max_bytes: of a photo as it is sent.
        max_pixels: of a photo.
        min_free_bytes: of the disk with the photos; with less no photo is taken.
        max_open_scenes: that wait to be recognised or are being; 0 = any number.
    """

    max_bytes: int
    max_pixels: int
    min_free_bytes: int = 0
    max_open_scenes: int = 0


Note = Callable[[Transaction, Image], None]


def _nothing(_tx: Transaction, _image: Image) -> None:
    pass


@dataclass
class _UploadOperation(Operation):
    """Tells the API documentation about the multipart body, which the handler reads itself."""

    def __post_init__(self) -> None:
        """Add the body."""
        photo = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(type=OpenAPIType.OBJECT, properties={PARTS[0]: photo}, required=[PARTS[0]])
        content = OpenAPIMediaType(form, encoding=PHOTOS)
        self.request_body = RequestBody({"multipart/form-data": content}, required=True)


@post(
    "/uploads",
    opt=RECOGNISING | limited("uploads"),
    operation_id="createUpload",
    operation_class=_UploadOperation,
    summary="Upload a photo",
    tags=["Uploads"],
)
async def create_upload(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    request: Request[Any, Any, Any],
    once: Given[Once],
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    limits: Given[Limits],
    now: Given[datetime],
) -> Response[Upload]:
    """Store one JPEG, sent as the multipart part `datafile`.

    Location, serial numbers and thumbnails are removed; the pixels stay as they are.
    """
    data = await read_file(request, PARTS)
    async with once.claimed(data) as answered:
        if answered is not None:
            return told(answered)

        def note(tx: Transaction, image: Image) -> None:
            once.keep(tx, to_wire(image, links, now))

        image = await to_thread(take, data, records, objects, limits=limits, now=now, note=note)
    return Response(to_wire(image, links, now))


def take(  # noqa: PLR0913 (keyword-only)
    data: bytes,
    records: Records,
    objects: ObjectStore,
    *,
    limits: Limits,
    now: datetime,
    again: bool = True,
    note: Note = _nothing,
) -> Image:
    """Pass the photo through the gate, store it and record the upload.

    Bytes first, then the row that names them. Of a photo that is known already the new row comes
    first: from then on `flows.retention` leaves it alone, and what it removed before is stored.

    Args:
        again: make another upload of bytes that were uploaded before, a duplicate.
        note: what else to write, in a transaction, when the bytes are there.

    Raises:
        Refused: the photo is none, damaged or too large.
        DiskFull: it is sound, but there is no room.
    """
    photo = jpeg.gate(data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    failpoints.hit("photo passed")
    check_disk(objects, limits)
    sha256 = hashlib.sha256(photo.data).hexdigest()
    key = images.image_key(sha256)

    def add(tx: Transaction) -> Image:
        size = {"width": photo.width, "height": photo.height, "size_bytes": len(photo.data)}
        return images.add(tx, sha256=sha256, **size, now=now)

    with records.reading() as tx:
        image = images.find_by_sha(tx, sha256)
    if image and again:
        with records.transaction() as tx:
            image = add(tx)
    if not (image and objects.exists(key)):
        objects.put(key, photo.data, "image/jpeg")
    failpoints.hit("photo stored")
    with records.transaction() as tx:
        image = image or add(tx)
        note(tx, image)
    failpoints.hit("photo recorded")
    return image


def check_disk(objects: ObjectStore, limits: Limits) -> None:
    """Raise DiskFull when little room is left: what was taken needs some to be recognised."""
    free = objects.free_bytes()
    if free is not None and free < limits.min_free_bytes:
        raise DiskFull


@get(
    "/uploads/{image_id:int}",
    sync_to_thread=True,
    operation_id="getUpload",
    summary="Get an uploaded photo",
    tags=["Uploads"],
)
def get_upload(
    image_id: PathId, records: Given[Records], links: Given[Links], now: Given[datetime]
) -> Upload:
    """Tell size, a fresh link and the quality of an uploaded photo.

    `quality` is null until the photo was recognised; then it says how sharp, bright and level the
    photo is, how large its products are, and what the photographer should do better.
    """
    with records.reading() as tx:
        image, latest = images.get(tx, image_id), quality.latest(tx, image_id)
    return msgspec.structs.replace(to_wire(image, links, now), quality=quality_to_wire(latest))


def to_wire(image: Image, links: Links, now: datetime) -> Upload:
    """The upload as its client sees it, with a fresh link."""
    return Upload(
        id=image.id,
        url=links.url(image, now=now),
        width=image.width,
        height=image.height,
        created_date=timestamp(image.created_at),
        duplicate=image.duplicate,
    )
