"""What one may ask a Gondola server, written once for both clients."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from gondola.client.binding import call, listing, opening
from gondola.client.paging import Listing
from gondola.client.reports import Report
from gondola.client.sending import send
from gondola.client.steps import Request, Steps

API = "/api/v1.5"
Photo = int | str | Path | bytes  # id of an upload, path, address (http...), or the JPEG itself
Photos = list[Photo] | list[int] | list[str] | list[Path] | list[bytes]  # never one string
Kind = Literal[
    "sku",
    "brands",
    "categories",
    "manufacturers",
    "displays",
    "planograms",
    "planogram_records",
    "mhl",
    "mhl_record",
    "visits",
]
Row = dict[str, Any]


class Upload(Struct, frozen=True):
    """A photo on the server; size in pixels of the upright photo."""

    id: int
    url: str
    width: int
    height: int
    created_date: str
    duplicate: bool = False  # the same bytes were there already


class Recognized(Struct, frozen=True):
    """A scene that was made."""

    id: int
    images: list[int]
    scene: str  # 32 hex digits
    reports: dict[str, int]  # id of each report to come, by type
    display: int | None = None


class Calls:
    """The calls of a client."""

    @call
    def upload(self, photo: str | Path | bytes) -> Steps[Upload]:
        """Send a photo: a path, an address that the server fetches, or the bytes of a JPEG."""
        return (yield from _upload(photo))

    @opening
    def recognize(  # noqa: PLR0913
        self,
        images: Photos,
        *,
        report_types: list[str] | None = None,
        display: int | None = None,
        visit: int | None = None,
        webhook: str | None = None,
        taken_at: datetime | None = None,
        metadata: Row | None = None,
        **more: Any,
    ) -> Steps[Recognized]:
        """Have photos of one section of shelf recognised; the answer is a scene to `wait` for.

        Args:
            images: in the order of the photos; ids of uploads, or photos that are uploaded first.
            report_types: else all whose master data exists.
            webhook: where the server posts each report.
            more: other fields of `POST /recognize`.
        """
        ids: list[int] = []
        for image in images:
            ids.append(image if isinstance(image, int) else (yield from _upload(image)).id)
        body = {
            "images": ids,
            "report_types": report_types,
            "display": display,
            "visit": visit,
            "webhook": webhook,
            "datetime": taken_at,
            "metadata": metadata,
            **more,
        }
        said = {name: value for name, value in body.items() if value is not None}
        return (yield from _post(f"{API}/recognize/", said, Recognized))

    @call
    def report(self, report_id: int, *, revision: int | None = None) -> Steps[Report]:
        """Read one report, of its newest revision unless another is named."""
        query = {} if revision is None else {"revision": revision}
        return (yield from _get(f"{API}/reports/{report_id}/", Report, query))

    @listing
    def reports(self) -> Listing[Report]:
        """Go through all reports, the newest first, without their answers."""
        return Listing(f"{API}/reports/", Report)

    @call
    def compute_again(self, reports: list[int], *, webhook: str | None = None) -> Steps[None]:
        """Compute reports anew from what was recognised, after master data changed."""
        body = {"reports": reports} | ({"webhook": webhook} if webhook else {})
        yield from _post(f"{API}/reports/force_update/", body, Any)

    @call
    def look(self, scene: str) -> Steps[Row]:
        """Tell how far a scene is: status, photos, reports, times."""
        return (yield from _get(f"/scenes/{scene}", Row))

    @listing
    def rows(self, kind: Kind, **filters: int) -> Listing[Row]:
        """Go through the master data of a kind."""
        return Listing(f"{API}/{kind}/", Row, filters)

    @call
    def row(self, kind: Kind, row_id: int) -> Steps[Row]:
        """Read one row of master data."""
        return (yield from _get(f"{API}/{kind}/{row_id}/", Row))

    @call
    def create(self, kind: Kind, **fields: Any) -> Steps[Row]:
        """Make a row of master data; docs/master-data.md has the fields."""
        return (yield from _post(f"{API}/{kind}/", fields, Row))

    @call
    def change(self, kind: Kind, row_id: int, **fields: Any) -> Steps[Row]:
        """Change some fields of a row; the others stay."""
        request = Request("PATCH", f"{API}/{kind}/{row_id}/", body=msgspec.json.encode(fields))
        return msgspec.json.decode((yield from send(request)).body, type=Row)

    @call
    def remove(self, kind: Kind, row_id: int) -> Steps[None]:
        """Remove a row of master data."""
        yield from send(Request("DELETE", f"{API}/{kind}/{row_id}/"))

    @call
    def teach(self, sku_id: int, photo: bytes | str | Path) -> Steps[None]:
        """Show a SKU in a picture that has nothing else on it; the next scene knows it."""
        uploaded = yield from _upload(photo)
        yield from _post(f"{API}/sku/{sku_id}/images/", {"images": [uploaded.id]}, Any)


def _upload(photo: str | Path | bytes) -> Steps[Upload]:
    if isinstance(photo, str) and photo.startswith(("http://", "https://")):
        return (yield from _post(f"{API}/uploads/uploads_by_url", {"url": photo}, Upload))
    jpeg = photo if isinstance(photo, bytes) else Path(photo).read_bytes()
    reply = yield from send(Request("POST", f"{API}/uploads/", photo=jpeg))
    return msgspec.json.decode(reply.body, type=Upload)


def _get(path: str, form: Any, query: Row | None = None) -> Steps[Any]:
    reply = yield from send(Request("GET", path, query=query or {}))
    return msgspec.json.decode(reply.body, type=form)


def _post(path: str, body: Row, form: Any) -> Steps[Any]:
    reply = yield from send(Request("POST", path, body=msgspec.json.encode(body)))
    return msgspec.json.decode(reply.body, type=form) if reply.body else None
