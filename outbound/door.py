"""The one door for outgoing HTTP.

Every socket is checked with the address it is about to connect to, so no name, number format,
second answer of a resolver or redirect leads elsewhere.
"""

import asyncio
import errno
import logging
import socket
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import certifi
from yarl import URL

from outbound.addresses import Network, is_opened, is_public

log = logging.getLogger("gondola.outbound")

REPLY_BYTES = 2000  # of a receiver's answer; the rest is not read
AGENT = {"User-Agent": "Gondola/0.1"}
_POSTING = {**AGENT, "Content-Type": "application/json"}
_GETTING = {**AGENT, "Accept-Encoding": "identity"}
_WEB_PORTS = frozenset({80, 443})
_CHUNK = 64 * 1024  # bytes


class NotFetched(Exception):
    """Nothing could be fetched from this address."""


class Refused(OSError):
    """Connections to this address are not allowed."""


@dataclass(frozen=True)
class Reply:
    """How a POST went.

    Attributes:
        status: HTTP status, None when no answer came.
        problem: what went wrong in a few words, None for 2xx.
        milliseconds: from the first byte sent to the end of the answer.
    """

    status: int | None
    problem: str | None
    milliseconds: float


@dataclass(frozen=True)
class Door:
    """Sends and fetches: no redirect followed, no proxy from the environment, no cookies kept.

    Attributes:
        allowed: networks the operator opened, besides the public internet.
    """

    allowed: tuple[Network, ...] = ()

    def post(self, url: str, body: bytes, *, seconds: float) -> Reply:
        """POST JSON once.

        Args:
            url: http or https.
            body: JSON.
            seconds: for the whole exchange.

        Returns:
            Also for every failure of the network: nothing is raised.
        """
        began = time.perf_counter()
        status, problem = asyncio.run(self._post(url, body, seconds))
        return Reply(status, problem, (time.perf_counter() - began) * 1000)

    async def fetch(self, url: str, *, most: int, seconds: float) -> bytes:
        """GET bytes; of public addresses the ports 80 and 443 alone.

        Args:
            url: http or https.
            most: bytes; what goes on beyond is not read.
            seconds: for the whole exchange.

        Returns:
            At most one byte more than `most`, which tells that there was more.

        Raises:
            NotFetched: whatever the reason, which only our log tells: the answer shall not show
                what the network around this server looks like.
        """
        try:
            async with (
                self._session(seconds, _WEB_PORTS) as session,
                session.get(url, headers=_GETTING, allow_redirects=False) as got,
            ):
                if got.status != 200:  # noqa: PLR2004  HTTP: OK
                    raise NotFetched(f"HTTP {got.status}")
                return await _read(got.content, most)
        except (NotFetched, TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            log.info("not fetched", extra={"host": _host(url), "reason": reason})
            raise NotFetched from None

    async def _post(self, url: str, body: bytes, seconds: float) -> tuple[int | None, str | None]:
        try:
            async with (
                self._session(seconds) as session,
                session.post(url, data=body, headers=_POSTING, allow_redirects=False) as got,
            ):
                text = await got.content.read(REPLY_BYTES)
        except TimeoutError:
            return None, f"No answer within {seconds:g} s."
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, f"{type(error).__name__}: {error}"
        if 200 <= got.status < 300:  # noqa: PLR2004  HTTP: success
            return got.status, None
        return got.status, f"HTTP {got.status}: {text.decode(errors='replace')[:200]}"

    def _session(
        self, seconds: float, ports: Collection[int] | None = None
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=_trusted(),
                use_dns_cache=False,
                force_close=True,
                socket_factory=self._gate(ports),
            ),
            timeout=aiohttp.ClientTimeout(total=seconds, connect=5),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )

    def _gate(self, ports: Collection[int] | None) -> Callable[[tuple[Any, ...]], socket.socket]:
        """Make sockets for addresses that may be reached, and no others."""

        def make(target: tuple[Any, ...]) -> socket.socket:
            family, kind, protocol, _, (address, port, *_) = target
            public = is_public(address) and (ports is None or port in ports)
            if not (public or is_opened(address, self.allowed)):
                told = f"{address} port {port} is not open, see GONDOLA_OUTBOUND_ALLOW"
                raise Refused(errno.EACCES, told)
            return socket.socket(family, kind, protocol)

        return make


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    data = bytearray()
    while len(data) <= most and (chunk := await content.read(min(_CHUNK, most + 1 - len(data)))):
        data += chunk
    return bytes(data)


def _host(url: str) -> str:
    """The host alone: user, path and query may hold secrets."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


@cache
def _trusted() -> ssl.SSLContext:
    """Certifi's roots, not the system's; reading them costs 20 ms, so once."""
    return ssl.create_default_context(cafile=certifi.where())
