"""Addresses that must lead nowhere, in every spelling a resolver or a parser may understand."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

from outbound.addresses import ANYWHERE
from outbound.door import Door, NotFetched

DENIED = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 reached for, not listened on
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.0.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "2001:20::1",
    "2001:10::1",
]
HERE = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def spellings(address: str, port: int) -> Iterator[str]:
    """Addresses of the web that a resolver or a parser may take for this host."""
    for host in _hosts(address):
        yield f"http://{host}:{port}/"
        yield f"http://user:secret@{host}:{port}/"
        yield f"http://public.example@{host}:{port}/"
        yield f"HTTP://{host}:{port}/?http://1.1.1.1/"
        yield f"http://{host}:{port}/#@1.1.1.1/"


def _hosts(address: str) -> Iterator[str]:
    ip = ipaddress.ip_address(address)
    if ip.version == 6:  # noqa: PLR2004  IPv6
        yield from (f"[{ip}]", f"[{ip.exploded}]", f"[{str(ip).upper()}]")
        return
    value, parts = int(ip), str(ip).split(".")
    yield from (str(ip), f"{ip}.", str(value), hex(value), "0" + oct(value)[2:])
    yield ".".join(hex(int(part)) for part in parts)
    yield ".".join("0" + oct(int(part))[2:] for part in parts)
    yield f"{parts[0]}.{value & 0xFFFFFF}"
    yield f"[::ffff:{ip}]"
    yield str(ip).translate({48 + n: 0xFF10 + n for n in range(10)})  # full-width digits


NAMES = {  # what a resolver answers, the first time and the second
    "private.example": [["127.0.0.1"]],
    "six.example": [["::1"]],
    "mixed.example": [["127.0.0.1", "::1", "10.0.0.1"]],
    "flip.example": [["127.0.0.1"], ["::1"]],
}
ODD = [
    "file:///etc/passwd",
    "ftp://{here}",
    "gopher://{here}/_GET",
    "data:text/plain,x",
    "unix:///run/x.sock",
    "//{here}/",
    "http:/{here}",
    "http://{here}%0d%0aHost:%20x/",
    "http://\r\n{here}/",
    "http:///{here}",
    "javascript:1",
    "{here}",
    "http://[::1%25lo]:{port}/",
    "http://[{here}]/",
    "http://1.1.1.1\\@{here}/",
    "ws://{here}/",
    "http:\\\\{here}/",
]


def corpus(port: int) -> list[str]:
    """More than 600 addresses that must lead nowhere."""
    names = [f"http://{name}:{port}/{n}" for name in NAMES for n in range(3)]
    odd = [text.format(here=f"127.0.0.1:{port}", port=port) for text in ODD]
    return [url for ip in DENIED for url in spellings(ip, port)] + names + odd


@contextmanager
def no_names() -> Iterator[None]:
    """Numbers resolve as ever, names as NAMES says, and nobody asks the network."""
    real, asked = socket.getaddrinfo, dict.fromkeys(NAMES, 0)

    def resolve(host: Any, port: Any, *kind: Any, **more: Any) -> Any:
        if host not in NAMES:
            return real(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        answers = NAMES[host][min(asked[host], len(NAMES[host]) - 1)]
        asked[host] += 1
        return [one for ip in answers for one in real(ip, port, *kind, **more)]

    with patch("socket.getaddrinfo", resolve):
        yield


class Canary:
    """Counts the TCP connections that arrive, on IPv4 and IPv6 of this machine, at one port."""

    def __init__(self) -> None:
        self.accepted = 0
        self._v4 = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._v4.getsockname()[1])
        self._v6 = socket.create_server(("::1", self.port), family=socket.AF_INET6)
        self._listening = (self._v4, self._v6)
        for listener in self._listening:
            listener.setblocking(False)

    def count(self) -> int:
        """Accept what waits; how many arrived so far."""
        for listener in self._listening:
            while True:
                try:
                    connection, _ = listener.accept()
                except BlockingIOError:
                    break
                connection.close()
                self.accepted += 1
        return self.accepted

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listening:
            listener.close()


def connections(door: Door) -> tuple[int, int]:
    """Fetch from and post to every address of the corpus; how many, and how often one arrived."""
    listening = Canary()
    try:
        with no_names():
            urls = corpus(listening.port)
            asyncio.run(_fetch_all(door, urls))
            for url in urls:
                door.post(url, b"{}", seconds=2)
        return len(urls), listening.count()
    finally:
        listening.close()


def arrivals_without_gate() -> tuple[int, int]:
    """Open everything and post to what leads here; how many the client takes, how many arrive."""
    listening = Canary()
    try:
        with no_names():
            urls = [url for ip in HERE for url in spellings(ip, listening.port)]
            urls += [f"http://{name}:{listening.port}/" for name in NAMES]
            replies = [Door(ANYWHERE).post(url, b"{}", seconds=0.05) for url in urls]
        taken = [reply for reply in replies if "InvalidUrl" not in (reply.problem or "")]
        return len(taken), listening.count()
    finally:
        listening.close()


async def _fetch_all(door: Door, urls: list[str]) -> None:
    for url in urls:
        with suppress(NotFetched):
            await door.fetch(url, most=100, seconds=2)
