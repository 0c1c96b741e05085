"""Photos by link: whoever holds a fresh signed link may see the photo, for a quarter of an hour."""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery, PathParameter

from api.errors import LinkExpired
from api.given import Given
from storage import images
from storage.errors import NotFound, ObjectMissing
from storage.images import Image
from storage.objects import ObjectStore
from storage.records import Records

LIFE = 15 * 60  # seconds a link lives at most
STEP = 5 * 60  # within a step a photo keeps its link, so browsers find it in their cache

FileName = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}\.jpg\Z")]


class Links:
    """Makes signed links to photos and checks them.

    Args:
        secret: shared by all API processes.
        base_url: how clients reach the API, without a trailing slash.
    """

    def __init__(self, secret: bytes, base_url: str) -> None:
        self._secret = secret
        self.base_url = base_url

    def url(self, image: Image, *, now: datetime) -> str:
        """Make the absolute link of a photo."""
        return self.base_url + self.path(image, now=now)

    def path(self, image: Image, *, now: datetime) -> str:
        """Make the link of a photo, for a page of this server."""
        name = f"{image.sha256}.jpg"
        expires = int(now.timestamp()) // STEP * STEP + LIFE
        query = urlencode({"expires": expires, "signature": self._sign(name, expires)})
        return f"/media/{name}?{query}"

    def check(self, name: str, expires: int, signature: str, *, now: datetime) -> None:
        """Raise LinkExpired unless this server signed the link and it still lives."""
        genuine = hmac.compare_digest(signature.encode(), self._sign(name, expires).encode())
        if not genuine or expires < now.timestamp():
            raise LinkExpired

    def _sign(self, name: str, expires: int) -> str:
        return hmac.new(self._secret, f"{name}:{expires}".encode(), hashlib.sha256).hexdigest()


@get(
    "/media/{name:str}",
    sync_to_thread=True,
    media_type="image/jpeg",
    operation_id="getMedia",
    summary="Get a photo",
    tags=["Uploads"],
)
def get_media(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    name: FileName,
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
    now: Given[datetime],
    expires: FromQuery[int] = 0,
    signature: FromQuery[str] = "",
) -> Response[bytes]:
    """Send a photo to whoever holds its signed link, as found in `url` of an upload."""
    links.check(name, expires, signature, now=now)
    with records.reading() as tx:
        image = images.find_by_sha(tx, name.removesuffix(".jpg"))
    if image is None:
        raise NotFound
    try:
        data = images.read_photo(objects, image)
    except ObjectMissing:
        raise NotFound from None
    headers = {
        "Cache-Control": f"private, max-age={LIFE}, immutable",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    return Response(data, media_type="image/jpeg", headers=headers)
