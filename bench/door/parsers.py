"""Parsers that read what strangers send, each with files to begin with and what must hold.

A parser takes the bytes or refuses them with an error of its own; any other exception, and what
`assert` says, is a fault. `bench.door.fuzzing` looks for bytes that make one.
"""

import ipaddress
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
from standardwebhooks import Webhook
from yarl import URL

from api import jpeg
from api.auth import read_password, read_token
from api.errors import FieldWrong, NotAuthenticated
from api.webhook_url import check_url
from bench.door import addresses, photos
from flows.signing import sign
from master_files.read import read
from outbound.addresses import is_public, networks
from outbound.reply import read_retry_after

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
_LONGEST = 64 * 1024  # bytes


@dataclass(frozen=True)
class Parser:
    """One parser.

    Attributes:
        try_it: raises only what is a fault.
        seeds: what it takes, and what it refuses.
    """

    try_it: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def address(data: bytes) -> None:
    """An address that is taken leads to a public host, or says that it does not."""
    text = data.decode(errors="replace")
    with suppress(FieldWrong):
        if url := check_url("url", text):
            _judge_host(URL(url).host or "")
    with suppress(ValueError):
        networks(text)
    read_retry_after(text, NOW)


def _judge_host(host: str) -> None:
    """Whatever the gate takes for public is so for Python, too."""
    try:
        found = socket.getaddrinfo(host, 80, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return  # a name
    for *_, (ip, *_) in found:
        if is_public(str(ip)):
            assert ipaddress.ip_address(ip).is_global, ip  # noqa: S101  what fuzzing is for


def photo(data: bytes) -> None:
    """What passes the gate passes it again, unchanged."""
    limits = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
    with suppress(jpeg.Refused):
        once = jpeg.gate(data, **limits)
        assert jpeg.gate(once.data, **limits) == once  # noqa: S101


def authorization(data: bytes) -> None:
    """A token has no spaces; nothing else is one."""
    header = data.decode("latin-1")
    with suppress(NotAuthenticated):
        token = read_token(header)
        assert token and not token.isspace()  # noqa: PT018, S101
    read_password(header)


def webhook(data: bytes) -> None:
    """Whatever a body says, its headers are one line each, and a receiver takes them."""
    body, secret = msgspec.json.encode(data.decode(errors="replace")), data[:64].ljust(24, b"k")
    at = datetime.now(UTC)
    headers = sign("msg_1", body, [secret, bytes(24)], at=at)
    assert all(value.isascii() and value.isprintable() for value in headers.values())  # noqa: S101
    Webhook(secret).verify(body.decode(), headers)
    Webhook(bytes(24)).verify(body.decode(), headers)


def planogram(data: bytes) -> None:
    """A file becomes lines, or findings that say what is wrong with it."""
    name = "planogram.json" if data.lstrip()[:1] in (b"{", b"[") else "displays.csv"
    path = _folder() / name
    path.write_bytes(data)
    found = read(path, unit=(None, "mm", "in")[len(data) % 3])
    msgspec.json.encode([found.lines, found.findings, found.notes])


@cache
def _folder() -> Path:
    """Make a folder for the one file; whoever fuzzes removes it with all else."""
    return Path(tempfile.mkdtemp(prefix="gondola-parsers-"))


def _urls() -> list[bytes]:
    taken = ["https://example.com/a.jpg?b=c", "http://[2606:4700::1111]:8080/", "10.0.0.0/8, ::/0"]
    dates = ["Wed, 21 Oct 2026 07:28:00 GMT", "120"]
    return [url.encode() for url in [*taken, *dates, *addresses.corpus(80)[::7]]]


def _photos() -> list[bytes]:
    small = [data for data in photos.sound_kinds() if len(data) < _LONGEST]
    bombs = [data for data in photos.bombs().values() if len(data) < _LONGEST]
    return [*small, *bombs]


def _headers() -> list[bytes]:
    return [b"Token abc", b"token  abc", b"Basic dXNlcjpwYXNz", b"Token a b", b"Basic \xff", b""]


def _bodies() -> list[bytes]:
    return [b"", b"{}", "Хлеб \u2028 \r\n".encode(), bytes(range(256))]


def _files() -> list[bytes]:
    azure = {
        "width": 100.0,
        "height": 50.0,
        "products": [{"id": "p", "name": "Oats", "w": 10.0, "h": 20.0}],
        "fixtures": [{"id": "f", "w": 100.0, "h": 5.0, "x": 0.0, "y": 0.0}],
        "positions": [{"id": "1", "productId": "p", "fixtureId": "f", "x": 1.0, "y": 2.0}],
    }
    psa = (
        "PROSPACE SCHEMATIC FILE\r\n; Version 2018.1.0\r\n; Codepage=1252\r\nPlanogram,P\r\n"
        "Product,40170725,id,Oats,,4,7.5,2\r\nSegment,,,,48,,,,,,0\r\nFixture,0,,,0,48,10\r\n"
        "Position,40170725,,,0,4,,,,,,,,,2,1\r\n"
    )
    rows = '{"displays":[{"id":1,"name":"End","planogram":2}]}'
    table = "id,name,planogram\n1,End,2\n"
    texts = [msgspec.json.encode(azure).decode(), psa, rows, table, "[" * 2000, '{"a":' * 2000]
    return [text.encode() for text in texts]


PARSERS = {
    "address": Parser(address, _urls),
    "photo": Parser(photo, _photos),
    "authorization": Parser(authorization, _headers),
    "webhook": Parser(webhook, _bodies),
    "planogram": Parser(planogram, _files),
}
