"""Bad, private and turned photos through POST /uploads of a real server."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO

import numpy as np
import urllib3
from PIL import ExifTags, Image

from bench.door import photos, wire
from bench.door.server import Server
from demo.client import API, Client
from inference.image import decode

CONNECTIONS = 8
SECRET = "CANARY-PLACE"  # noqa: S105  none
_BOUNDARY = "door"


def requests(files: Iterable[bytes], token: str) -> Iterator[wire.Parts]:
    """Make an upload of each file."""
    before = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="datafile"; filename="shelf.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    after = f"\r\n--{_BOUNDARY}--\r\n".encode()
    for data in files:
        head = wire.head(
            "POST",
            f"{API}/uploads",
            len(before) + len(data) + len(after),
            Authorization=f"Token {token}",
            Content_Type=f"multipart/form-data; boundary={_BOUNDARY}",
        )
        yield head, before, data, after


def statuses(server: Server, files: Iterable[bytes]) -> Counter[int]:
    """Upload each file; how often which status came back."""
    sent = requests(files, server.token())
    answers = wire.send(server.ports[0], sent, connections=CONNECTIONS)
    return Counter(status for status, _ in answers.took)


def leaks(server: Server, amount: int) -> tuple[int, int]:
    """Upload photos with secrets; how many were taken, and in how many any of it is left.

    Looked at are the stored files, what is served, and every byte of the database.
    """
    taken = [_taken(server, photo) for photo in photos.private_photos(amount, SECRET)]
    served = [data for data, _ in taken]
    stored = [path.read_bytes() for path in (server.folder / "objects").rglob("*.jpg")]
    left = sum(SECRET.encode() in data or _has_place(data) for data in [*served, *stored])
    return len(taken), left + (SECRET.encode() in dump(server))


def polyglots_left(server: Server) -> tuple[int, int]:
    """Upload polyglots; how many were taken, and how many are still one or served as one."""
    taken = [_taken(server, photo) for photo in photos.polyglots()]
    ours = {"content-type": "image/jpeg", "x-content-type-options": "nosniff"}
    bad = [
        b"TAIL" in data
        or any(headers.get(name) != value for name, value in ours.items())
        or "filename=" not in headers["content-disposition"]
        for data, headers in taken
    ]
    return len(taken), sum(bad)


def turned_wrong(server: Server) -> int:
    """Upload the same picture in eight turns; how many the decoder does not show alike."""
    shown = [decode(_taken(server, photo)[0], fast=False) for photo in photos.turns()]
    right, wrong = shown[0].astype(int), 0
    for pixels in shown:
        wrong += pixels.shape != right.shape or np.abs(pixels - right).mean() > 2  # noqa: PLR2004
    return int(wrong)


def dump(server: Server) -> bytes:
    """Every statement that would make the database anew."""
    with sqlite3.connect(server.folder / "records.db") as database:
        text = "\n".join(database.iterdump())
    database.close()
    return text.encode("utf-8", "surrogatepass")


def _taken(server: Server, photo: bytes) -> tuple[bytes, dict[str, str]]:
    """Upload a photo and fetch it by its link: bytes, and headers in lower case."""
    client = Client(server.url, server.token())
    fields = {"datafile": ("shelf.jpg", photo, "image/jpeg")}
    link = client.post(f"{API}/uploads/", fields=fields)["url"]
    reply = urllib3.request("GET", link)
    return reply.data, {name.lower(): value for name, value in reply.headers.items()}


def _has_place(data: bytes) -> bool:
    exif = Image.open(BytesIO(data)).getexif()
    return bool(exif.get_ifd(ExifTags.IFD.GPSInfo)) or ExifTags.Base.Make in exif
