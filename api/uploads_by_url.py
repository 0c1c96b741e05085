"""Photos in by address: POST /uploads/uploads_by_url."""

from asyncio import to_thread
from datetime import datetime
from typing import Annotated

from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct
from yarl import URL

from api.auth import RECOGNISING
from api.errors import FieldWrong
from api.given import Given
from api.idempotency import Once, told
from api.limits import limited
from api.media import Links
from api.uploads import Limits, take, to_wire
from api.webhook_url import check_url
from api.wire import Timestamp
from outbound.door import Door, NotFetched
from storage.images import Image
from storage.objects import ObjectStore
from storage.records import Records, Transaction

SECONDS = 20  # for the whole fetch
# The documented address, another one on other pages of the documentation, and the one a public
# client calls.
PATH, *MORE_PATHS = ("/uploads/uploads_by_url", "/uploads_by_url", "/uploads/upload_by_url")

Address = Annotated[str, Meta(max_length=2048, description="http or https, of a JPEG.")]


class PhotoAddress(Struct, frozen=True):
    """Where a photo is to be fetched."""

    url: Address


class FetchedUpload(Struct, frozen=True):
    """An uploaded photo; width and height are pixels of the upright photo."""

    id: int
    url: str  # signed, for a quarter of an hour
    width: int
    height: int
    created_date: Timestamp


async def upload_by_url(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    data: JSONBody[PhotoAddress],
    once: Given[Once],
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    limits: Given[Limits],
    door: Given[Door],
    now: Given[datetime],
) -> Response[FetchedUpload]:
    """Fetch one JPEG from the public internet, and store it as if it had been sent.

    No redirect is followed, no login is sent; ports 80 and 443 alone, unless the operator opened
    the network. Whatever goes wrong on the way gives the same answer.
    """
    url = _checked(data.url)

    def note(tx: Transaction, image: Image) -> None:
        once.keep(tx, _fetched(image, links, now))

    async with once.claimed(data) as answered:
        if answered is not None:
            return told(answered)
        photo = await _fetch(door, url, most=limits.max_bytes)
        image = await to_thread(take, photo, records, objects, limits=limits, now=now, note=note)
    return Response(_fetched(image, links, now))


async def _fetch(door: Door, url: str, *, most: int) -> bytes:
    try:
        return await door.fetch(url, most=most, seconds=SECONDS)
    except NotFetched:
        raise FieldWrong("url", "The photo could not be fetched from this address.") from None


def _fetched(image: Image, links: Links, now: datetime) -> FetchedUpload:
    sent = to_wire(image, links, now)
    return FetchedUpload(sent.id, sent.url, sent.width, sent.height, sent.created_date)


def _checked(text: str) -> str:
    url = check_url("url", text)
    if url is None or URL(url).user or URL(url).password:
        raise FieldWrong("url", "Enter a valid URL, http:// or https:// with a host, no login.")
    return url


_OPT = RECOGNISING | limited("uploads-by-url")  # one limit for the three names

HANDLERS = [
    post(
        PATH,
        opt=_OPT,
        status_code=200,  # as the original answers
        operation_id="uploadByUrl",
        summary="Upload a photo by its address",
        tags=["Uploads"],
    )(upload_by_url),
    post(MORE_PATHS, opt=_OPT, status_code=200, include_in_schema=False)(upload_by_url),
]
