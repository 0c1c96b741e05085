"""Whose address counts when requests come through proxies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.limits import GUESSES
from tests.api.conftest import Gondola, start

PROXY, OTHER = "10.0.0.9", "203.0.113.7"


@pytest.fixture
def gondola(tmp_path: Path) -> Iterator[Gondola]:
    """An API that trusts the proxies of one network."""
    with start(tmp_path, trusted_proxies="10.0.0.0/24") as gondola:
        yield gondola


def flood(gondola: Gondola, peer: str, forwarded: str) -> list[int]:
    """Guess one token too many over a connection of this peer; the last two answers."""
    inner = gondola.http.app.asgi_handler

    async def as_peer(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "client": (peer, 4711)}, receive, send)

    gondola.http.app.asgi_handler = as_peer
    headers = {"Authorization": "Token no", "X-Forwarded-For": forwarded}
    url = "/api/v1.5/reports/"
    codes = [gondola.http.get(url, headers=headers).status_code for _ in range(GUESSES + 1)]
    gondola.http.app.asgi_handler = inner
    return codes[-2:]


def test_clients_behind_a_trusted_proxy_are_told_apart(gondola: Gondola):
    """Who guesses through the proxy is stopped; the next client of the same proxy is not."""
    assert [401, 429] == flood(gondola, PROXY, "198.51.100.1")
    assert [401, 429] == flood(gondola, PROXY, "198.51.100.2")


def test_what_a_client_writes_before_the_proxy_is_not_believed(gondola: Gondola):
    """The last address that is no proxy counts: it is what the proxy itself saw."""
    assert [401, 429] == flood(gondola, PROXY, "198.51.100.1")
    assert [429, 429] == flood(gondola, PROXY, "192.0.2.99, 198.51.100.1")


def test_nobody_else_may_say_who_asks(gondola: Gondola):
    """A client that is no trusted proxy counts as itself, whatever it sends."""
    assert [401, 429] == flood(gondola, OTHER, "198.51.100.1")
    assert [429, 429] == flood(gondola, OTHER, "198.51.100.2")
