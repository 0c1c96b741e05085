"""Who may ask: API tokens, the master key that issues them, and tokens as a browser's password."""

import base64
import binascii
from asyncio import to_thread
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from api.errors import ForeignPage, NotAuthenticated, NotPermitted
from api.given import Given
from api.limits import LIMITED_AS
from storage import tokens
from storage.records import Records

TOKEN_LIFE = timedelta(days=90)
RECOGNISING = {"scope": tokens.RECOGNISE}  # `opt` of handlers that a field app needs
ADMINISTRATING = {"scope": tokens.ADMIN}  # of handlers that decide who may do what

_REALM = 'Basic realm="Gondola", charset="UTF-8"'
_READING = {"GET", "HEAD", "OPTIONS"}
_WORDS = 2  # "Token" and the token


class NewToken(Struct, frozen=True):
    """A token, told this once; its times are written with a space and an offset."""

    token: str
    created_at: str
    expires_at: str


@post(
    "/get_token",
    sync_to_thread=True,
    operation_id="getToken",
    summary="Get a token",
    tags=["Tokens"],
)
def get_token(
    request: Request[Any, Any, Any], records: Given[Records], now: Given[datetime]
) -> NewToken:
    """Issue a token of 90 days. Needs the master key in place of a token; the body is empty."""
    key = read_token(request.headers.get("authorization", ""))
    with records.reading() as tx:
        known = tokens.is_master_key(tx, key)
    if not known:
        request.app.state.limiter.count_guess(_address(request), now)
        raise NotAuthenticated("Invalid token.")
    with records.transaction() as tx:
        token = tokens.issue(tx, now=now, life=TOKEN_LIFE)
    return NewToken(token.token, _spaced(token.created_at), _spaced(token.expires_at))


def _spaced(time: datetime) -> str:
    return time.isoformat(sep=" ", timespec="microseconds")


async def require_token(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Let a request with `Authorization: Token <token>` through.

    Raises:
        NotAuthenticated: with the text Django REST Framework has for the case.
        NotPermitted: the token's scopes do not cover the request.
        TooMany: the token, or whoever guesses tokens, asked too often.
    """
    token = read_token(connection.headers.get("authorization", ""))
    await _check(connection, handler, token, "Token")


async def require_login(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Let a browser through whose password is a token; whatever its user name.

    Raises:
        NotAuthenticated: so that the browser asks for a password.
        NotPermitted: the token's scopes do not cover the request.
    """
    header = connection.headers.get("authorization", "")
    try:
        token = read_password(header) or read_token(header)
    except NotAuthenticated as error:
        raise NotAuthenticated(str(error), challenge=_REALM) from None
    await _check(connection, handler, token, _REALM)


async def require_own_page(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Let a change through that no page of another site asks for.

    A browser sends the password it remembers with whatever a foreign page makes it post. It also
    says where the request comes from; programs say neither.

    Raises:
        ForeignPage: when it comes from another site.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers" and "Verifying
    origin with standard headers".
    """
    headers = connection.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if connection.scope.get("method") in _READING or (site is None and origin is None):
        return
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignPage
    if site is None and urlsplit(origin or "").netloc != headers.get("host"):
        raise ForeignPage


class _Asked(Struct, frozen=True):
    """Who asks, from which address, for what."""

    token: str
    address: str
    scope: str
    policy: str | None  # under which its requests are counted; None = they are not


async def _check(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    token: str,
    challenge: str,
) -> None:
    asked = _Asked(
        token, _address(connection), _needed(connection, handler), handler.opt.get(LIMITED_AS)
    )
    if not await to_thread(_admit, connection.app.state, asked):
        raise NotAuthenticated("Invalid token.", challenge=challenge)


def _needed(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> str:
    """Reading needs `read`, writing `master_data`, unless the handler says something else."""
    reads = connection.scope.get("method") in _READING
    return handler.opt.get("scope", tokens.READ if reads else tokens.MASTER_DATA)


def _admit(state: State, asked: _Asked) -> bool:
    """Look the token up and count its request, in one go; False when the token is none."""
    now = state.clock()
    with state.records.reading() as tx:
        scopes = tokens.scopes_of(tx, asked.token, now=now)
    if scopes is None:
        state.limiter.count_guess(asked.address, now)
        return False
    if asked.scope not in scopes:
        raise NotPermitted(asked.scope)
    if asked.policy:
        state.limiter.count(asked.policy, asked.token, now)
    return True


def _address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The socket's own; headers that claim another one are not believed."""
    return connection.client.host if connection.client else ""


def read_token(header: str) -> str:
    """Take the token out of an Authorization header."""
    words = header.split()
    if not words or words[0].lower() != "token":
        raise NotAuthenticated
    if len(words) < _WORDS:
        raise NotAuthenticated("Invalid token header. No credentials provided.")
    if len(words) > _WORDS:
        raise NotAuthenticated("Invalid token header. Token string should not contain spaces.")
    return words[1]


def read_password(header: str) -> str:
    """Take the password out of a Basic Authorization header; empty when there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        login = base64.b64decode(encoded.encode(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return login.partition(":")[2]
