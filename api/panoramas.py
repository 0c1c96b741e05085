"""Panoramas by link, as found in `image_url` of the report PANORAMA."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, PathParameter

from api.given import Given
from storage import panoramas
from storage.objects import ObjectStore
from storage.records import Records

LIFE = 24 * 60 * 60  # seconds a browser may keep it; the picture of a link never changes

FileName = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}\.jpg\Z")]


@get(
    "/media/panoramas/{name:str}",
    sync_to_thread=True,
    media_type="image/jpeg",
    operation_id="getPanorama",
    summary="Get a panorama",
    tags=["Reports"],
)
def get_panorama(
    name: FileName,
    records: Given[Records],
    objects: Given[ObjectStore],
    signature: FromQuery[str] = "",
) -> Response[bytes]:
    """Send the panorama of a scene to whoever has its link, which does not expire."""
    sha256 = name.removesuffix(".jpg")
    with records.reading() as tx:
        panoramas.check(tx, sha256, signature)
    jpeg = panoramas.load(objects, sha256)
    headers = {
        "Cache-Control": f"private, max-age={LIFE}, immutable",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    return Response(jpeg, media_type="image/jpeg", headers=headers)
