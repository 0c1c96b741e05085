"""The one door for outgoing HTTP."""

import asyncio
import ssl
import time
from dataclasses import dataclass
from functools import cache

import aiohttp
import certifi

REPLY_BYTES = 2000  # of a receiver's answer; the rest is not read
HEADERS = {"Content-Type": "application/json", "User-Agent": "Gondola/0.1"}


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


def post(url: str, body: bytes, *, seconds: float) -> Reply:
    """POST JSON once: no redirect followed, no proxy from the environment, no cookies kept.

    Args:
        seconds: for the whole exchange.

    Returns:
        Also for every failure of the network: nothing is raised.
    """
    began = time.perf_counter()
    status, problem = asyncio.run(_post(url, body, seconds))
    return Reply(status, problem, (time.perf_counter() - began) * 1000)


async def _post(url: str, body: bytes, seconds: float) -> tuple[int | None, str | None]:
    try:
        async with (
            _session(seconds) as session,
            session.post(url, data=body, headers=HEADERS, allow_redirects=False) as got,
        ):
            text = await got.content.read(REPLY_BYTES)
    except TimeoutError:
        return None, f"No answer within {seconds:g} s."
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"
    if 200 <= got.status < 300:  # noqa: PLR2004  HTTP: success
        return got.status, None
    return got.status, f"HTTP {got.status}: {text.decode(errors='replace')[:200]}"


def _session(seconds: float) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=_trusted(), use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=seconds, connect=5),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Certifi's roots, not the system's; reading them costs 20 ms, so once."""
    return ssl.create_default_context(cafile=certifi.where())
