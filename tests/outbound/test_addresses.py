"""No spelling of an address, no name and no redirect leads to a network that is not open."""

import asyncio
from collections.abc import Iterator

import pytest

from bench.door import addresses
from bench.door.addresses import DENIED, Canary, corpus
from outbound.addresses import ANYWHERE, is_opened, is_public, networks, why_closed
from outbound.door import Door, NotFetched
from tests.outbound.receiver import running

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "223.255.255.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
]
METADATA = ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"]


@pytest.mark.parametrize("address", DENIED)
def test_a_special_address_is_not_public(address: str):
    """Private, local, reserved, multicast, documentation, and those with another one inside."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str):
    """The rest of the internet."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.1.2.3", "loopback"),
        ("::1", "loopback"),
        ("100.64.0.1", "private"),
        ("fe80::1", "link_local"),
        ("::ffff:10.0.0.1", "embedded"),
        ("2002:7f00:1::1", "embedded"),
        ("100.100.100.200", "metadata"),
        ("239.255.255.250", "multicast"),
        ("2001:20::1", "reserved"),
        ("100::1", "reserved"),
        ("1.1.1.1", None),
    ],
)
def test_a_word_says_why_an_address_is_closed(address: str, word: str | None):
    """The most telling one, for counters."""
    assert word == why_closed(address)


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


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Counts what arrives at this machine."""
    listening = Canary()
    yield listening
    listening.close()


@pytest.fixture
def no_names() -> Iterator[None]:
    """Nobody asks the network."""
    with addresses.no_names():
        yield


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


def test_without_the_gate_they_would_arrive():
    """With everything open, what leads to this machine and the HTTP client itself takes arrives."""
    taken, arrived = addresses.arrivals_without_gate()

    assert taken >= 50
    assert arrived >= 0.8 * taken


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
