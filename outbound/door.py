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
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiohttp
import certifi
from prometheus_client import Counter
from yarl import URL

from outbound.addresses import Network, is_opened, is_public, why_closed
from outbound.reply import (
    CONNECTION,
    NOT_OPEN,
    REDIRECT,
    STATUS,
    TIMEOUT,
    Reply,
    read_retry_after,
)

log = logging.getLogger("gondola.outbound")

REPLY_BYTES = 2000  # of a receiver's answer; the rest is not read
_TEXT_SECONDS = 2  # after the status, for that text
_NOT_OPEN = "is not open, see GONDOLA_OUTBOUND_ALLOW"
AGENT = {"User-Agent": "Gondola/0.1"}
_POSTING = {**AGENT, "Content-Type": "application/json"}
_GETTING = {**AGENT, "Accept-Encoding": "identity"}
_WEB_PORTS = frozenset({80, 443})
_CHUNK = 64 * 1024  # bytes

_FAILURES = (aiohttp.ClientError, OSError, ValueError, IndexError)  # yarl's, of broken addresses

DENIED = Counter(  # of this process, whoever shows it
    "gondola_outbound_denied",
    "Connections that were not made because the address is not open.",
    ("reason",),  # a word of `why_closed`, or port
    registry=None,
)


class NotFetched(Exception):
    """Nothing could be fetched from this address."""


class Refused(OSError):
    """Connections to this address are not allowed."""


@dataclass(frozen=True)
class Door:
    """Sends and fetches: no redirect followed, no proxy from the environment, no cookies kept.

    Attributes:
        allowed: networks the operator opened, besides the public internet.
    """

    allowed: tuple[Network, ...] = ()

    def post(
        self, url: str, body: bytes, *, seconds: float, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST JSON once.

        Args:
            url: http or https.
            body: JSON.
            seconds: for the whole exchange.
            headers: besides our own.

        Returns:
            Also for every failure of the network: nothing is raised.
        """
        began = time.perf_counter()
        reply = asyncio.run(self._post(url, body, seconds, {**_POSTING, **(headers or {})}))
        return replace(reply, milliseconds=(time.perf_counter() - began) * 1000)

    def check(self, url: str) -> None:
        """Refuse an address that `post` would not connect to.

        Asks the same resolver; what it answers later is judged again by every connection.

        Raises:
            Refused: the name is unknown here, or leads to a network that is not open.
        """
        address = URL(url)
        try:
            found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            raise Refused(errno.EHOSTUNREACH, f"{address.host} is not known here") from None
        for *_, (ip, port, *_) in found:
            self._refuse_unless_open(str(ip), int(port), None)

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
        except (NotFetched, TimeoutError, *_FAILURES) as error:
            reason = f"{type(error).__name__}: {error}"
            log.info("not fetched", extra={"host": _host(url), "reason": reason})
            raise NotFetched from None

    async def _post(
        self, url: str, body: bytes, seconds: float, headers: Mapping[str, str]
    ) -> Reply:
        try:
            async with (
                self._session(seconds) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as got,
            ):
                return _judge(got, await _begin_of(got))
        except TimeoutError:
            return _failed(TIMEOUT, f"No answer within {seconds:g} s.")
        except aiohttp.InvalidURL as error:  # its text is the address, which may hold secrets
            return _failed(CONNECTION, f"{type(error).__name__}: no http(s) address.")
        except _FAILURES as error:
            kind = NOT_OPEN if _NOT_OPEN in str(error) else CONNECTION
            return _failed(kind, f"{type(error).__name__}: {error}")

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
            self._refuse_unless_open(address, port, ports)
            return socket.socket(family, kind, protocol)

        return make

    def _refuse_unless_open(self, address: str, port: int, ports: Collection[int] | None) -> None:
        public = is_public(address) and (ports is None or port in ports)
        if not (public or is_opened(address, self.allowed)):
            DENIED.labels(why_closed(address) or "port").inc()
            raise Refused(errno.EACCES, f"{address} port {port} {_NOT_OPEN}")


def _judge(got: aiohttp.ClientResponse, text: str) -> Reply:
    """Tell 2xx from the rest."""
    if 200 <= got.status < 300:  # noqa: PLR2004  HTTP: success
        return Reply(got.status, None, 0.0, text=text)
    redirected = 300 <= got.status < 400  # noqa: PLR2004  HTTP: redirection
    return Reply(
        got.status,
        f"HTTP {got.status}: {text[:200]}",
        0.0,
        failure=REDIRECT if redirected else STATUS,
        text=text,
        retry_after=read_retry_after(got.headers.get("Retry-After"), datetime.now(UTC)),
    )


def _failed(kind: str, problem: str) -> Reply:
    return Reply(None, problem, 0.0, failure=kind)


async def _begin_of(got: aiohttp.ClientResponse) -> str:
    """Read how the answer begins; its status stands, however slowly the rest comes."""
    data = bytearray()
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(_TEXT_SECONDS):
            while len(data) < REPLY_BYTES and (chunk := await got.content.read(REPLY_BYTES)):
                data += chunk
    return data[:REPLY_BYTES].decode(errors="replace").replace("\0", "")


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    data = bytearray()
    while len(data) <= most and (chunk := await content.read(min(_CHUNK, most + 1 - len(data)))):
        data += chunk
    return bytes(data)


def _host(url: str) -> str:
    """The host alone: user, path and query may hold secrets."""
    try:
        return URL(url).host or ""
    except (ValueError, IndexError):
        return ""


@cache
def _trusted() -> ssl.SSLContext:
    """Certifi's roots, not the system's; reading them costs 20 ms, so once."""
    return ssl.create_default_context(cafile=certifi.where())
