"""No spelling of an address, no name and no redirect leads to a network that is not open."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from outbound.addresses import ANYWHERE, is_opened, is_public, networks
from outbound.door import Door, NotFetched
from tests.outbound.receiver import Canary, running

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
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "223.255.255.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
]
METADATA = ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"]
HERE = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


@pytest.mark.parametrize("address", DENIED)
def test_a_special_address_is_not_public(address: str):
    """Private, local, reserved, multicast, documentation, and those with another one inside."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str):
    """The rest of the internet."""
    assert is_public(address)


@pytest.mark.parametrize("address", [*METADATA, "::ffff:169.254.169.254"])
def test_nobody_opens_a_metadata_service(address: str):
    """Not even who opens everything."""
    assert not is_opened(address, ANYWHERE)


def test_an_operator_opens_a_network():
    """What he names, and not its neighbour."""
    opened = networks("192.168.7.0/24, fd12::/16")

    assert is_opened("192.168.7.9", opened)
    assert is_opened("fd12::1", opened)
    assert not is_opened("192.168.8.9", opened)


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
    if ip.version == 6:
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


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Counts what arrives at this machine."""
    listening = Canary()
    yield listening
    listening.close()


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers resolve as ever, names as NAMES says, and nobody asks the network."""
    real, asked = socket.getaddrinfo, dict.fromkeys(NAMES, 0)

    def resolve(host: Any, port: Any, *kind: Any, **more: Any) -> Any:
        if host not in NAMES:
            return real(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        answers = NAMES[host][min(asked[host], len(NAMES[host]) - 1)]
        asked[host] += 1
        return [one for ip in answers for one in real(ip, port, *kind, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def corpus(port: int) -> list[str]:
    """More than 600 addresses that must lead nowhere."""
    names = [f"http://{name}:{port}/{n}" for name in NAMES for n in range(3)]
    odd = [text.format(here=f"127.0.0.1:{port}", port=port) for text in ODD]
    return [url for ip in DENIED for url in spellings(ip, port)] + names + odd


async def _try_all(door: Door, urls: list[str]) -> None:
    for url in urls:
        with pytest.raises(NotFetched):
            await door.fetch(url, most=100, seconds=2)


@pytest.mark.usefixtures("no_names")
def test_no_connection_is_made_to_what_is_not_open(canary: Canary):
    """Not one TCP connection arrives, neither by GET nor by POST, which may use any port."""
    urls = corpus(canary.port)

    asyncio.run(_try_all(Door(), urls))
    replies = [Door().post(url, b"{}", seconds=2) for url in urls]

    assert len(urls) >= 600
    assert {None} == {reply.status for reply in replies}
    assert 0 == canary.count()


@pytest.mark.usefixtures("no_names")
def test_without_the_gate_they_would_arrive(canary: Canary):
    """With everything open, what leads to this machine and the HTTP client itself takes arrives."""
    here = [url for ip in HERE for url in spellings(ip, canary.port)]
    here += [f"http://{name}:{canary.port}/" for name in NAMES]

    replies = [Door(ANYWHERE).post(url, b"{}", seconds=0.05) for url in here]
    taken = [reply for reply in replies if "InvalidUrl" not in (reply.problem or "")]

    assert len(taken) >= 50
    assert canary.count() >= 0.8 * len(taken)


@pytest.mark.usefixtures("no_names")
def test_what_an_operator_opened_is_fetched():
    """Twenty of twenty, by number and by name."""
    with running() as server:
        door = Door(networks("127.0.0.0/8,::1/128"))
        urls = [f"http://{host}:{server.port}/200" for host in ("127.0.0.1", "private.example")]

        got = [asyncio.run(door.fetch(url, most=9, seconds=5)) for url in urls * 10]

    assert [b"{}"] * 20 == got


@pytest.mark.usefixtures("no_names")
def test_of_public_addresses_only_web_ports_are_fetched(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
):
    """A photo from port 22 is refused before any connection; a webhook may use any port."""
    monkeypatch.setattr("outbound.door.is_public", lambda _address: True)

    asyncio.run(_try_all(Door(), [f"http://127.0.0.1:{canary.port}/"]))
    before = canary.count()
    Door().post(f"http://127.0.0.1:{canary.port}/", b"{}", seconds=0.2)

    assert (0, 1) == (before, canary.count())
