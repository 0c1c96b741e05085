"""The only table from exception to status, and the bodies in which a status is told.

On the wire-compatible paths (`/api/`) bodies have the shape of Django REST Framework, which the
original service most likely uses; on our own they are RFC 9457 problems, for browsers a page.
"""

import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response.base import ASGIResponse
from msgspec import Struct

from api import errors, jpeg, pages
from storage import errors as storage_errors

log = logging.getLogger("gondola.api")

RETRY_SECONDS = 5  # what a client is told to wait when a store is down or too much waits
QUEUE_SECONDS = 30  # the same when the queue is full: some scenes are recognised meanwhile

_PROBLEM_JSON = "application/problem+json"

_MISSING = re.compile(r"Object missing required field `(.+?)`")
_TEXTS = {
    401: "Authentication credentials were not provided.",
    404: "Not found.",
    413: "The request is larger than this endpoint takes.",
    500: "Internal server error.",
    503: "Service temporarily unavailable, try again later.",
}


class Problem(Struct, frozen=True):
    """What went wrong, in HTTP's terms; `fields` names the wrong fields of the request."""

    status: int
    detail: str = ""
    fields: dict[str, list[str]] | None = None
    headers: dict[str, str] | None = None


def _wrong(field: str, error: Exception) -> Problem:
    return Problem(400, fields={field: [str(error)]})


def _from_validation(error: ValidationException) -> Problem:
    """Name the wrong fields; a path that cannot be an id is simply not found."""
    found: list[Any] = error.extra if isinstance(error.extra, list) else []
    if any(entry.get("source") == "path" for entry in found):
        return Problem(404, _TEXTS[404])
    fields: dict[str, list[str]] = {}
    for entry in found:
        field, sentence = _name_field(entry.get("key", ""), entry.get("message", ""))
        fields.setdefault(field, []).append(sentence)
    if not fields or "data" in fields:
        return Problem(400, "The body is missing or no object; send a JSON object.")
    return Problem(400, fields=fields)


def _name_field(key: str, message: str) -> tuple[str, str]:
    """Turn `images[0]` and msgspec's message into a field and a sentence about it."""
    field, inner = re.fullmatch(r"([^.\[]*)(.*)", key, re.DOTALL).groups()  # pyright: ignore
    if missing := _MISSING.match(message):
        return (missing[1] if field in ("", "data") else field), "This field is required."
    if message.endswith("got `null`"):
        message = "This field may not be null"
    return field, f"{inner.lstrip('.')}: {message}." if inner else f"{message}."


def _throttled(error: errors.TooMany) -> dict[str, str]:
    """When to come again. Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4."""
    return {
        "Retry-After": str(error.wait),
        "RateLimit-Policy": f'"{error.policy}";q={error.limit};w={error.window}',
        "RateLimit": f'"{error.policy}";r=0;t={error.wait}',
    }


_BUSY = Problem(503, _TEXTS[503], headers={"Retry-After": str(RETRY_SECONDS)})

REFUSALS = (  # no fault of ours
    storage_errors.QueueFull,
    storage_errors.DiskFull,
    storage_errors.TooManyQuestions,
)


def _later(error: Exception, seconds: int) -> Problem:
    return Problem(503, str(error), headers={"Retry-After": str(seconds)})


TABLE: dict[type[Exception], Callable[[Any], Problem]] = {
    errors.Malformed: lambda e: Problem(400, str(e)),
    errors.FieldWrong: lambda e: _wrong(e.field, e),
    errors.NotAuthenticated: lambda e: Problem(
        401, str(e), headers={"WWW-Authenticate": e.challenge}
    ),
    errors.NotPermitted: lambda e: Problem(403, str(e)),
    errors.TooMany: lambda e: Problem(429, str(e), headers=_throttled(e)),
    errors.LinkExpired: lambda e: Problem(403, str(e)),
    errors.ForeignPage: lambda e: Problem(403, str(e)),
    errors.WrongMediaType: lambda e: Problem(415, str(e)),
    jpeg.Refused: lambda e: _wrong("datafile", e),
    storage_errors.Conflict: lambda e: _wrong("id", e),
    storage_errors.OtherPayload: lambda e: Problem(422, str(e)),
    storage_errors.StillRunning: lambda e: Problem(409, str(e), headers={"Retry-After": "1"}),
    storage_errors.InUse: lambda e: Problem(409, str(e)),
    storage_errors.EndpointDisabled: lambda e: Problem(409, str(e)),
    storage_errors.UnknownName: lambda e: _wrong(e.field, e),
    storage_errors.UnknownImages: lambda e: _wrong("images", e),
    storage_errors.UnknownVisit: lambda e: _wrong("visit", e),
    storage_errors.BadQuestion: lambda e: _wrong(e.field, e),
    storage_errors.BadQuery: lambda e: Problem(400, str(e)),
    storage_errors.TooManyQuestions: lambda e: _later(e, RETRY_SECONDS),
    storage_errors.NoWarehouse: lambda e: Problem(404, str(e)),
    storage_errors.NotFound: lambda _: Problem(404, _TEXTS[404]),
    storage_errors.QueueFull: lambda e: _later(e, QUEUE_SECONDS),
    storage_errors.DiskFull: lambda e: _later(e, QUEUE_SECONDS),
    storage_errors.ObjectStoreUnavailable: lambda _: _BUSY,
    storage_errors.RecordsUnavailable: lambda _: _BUSY,
    ValidationException: _from_validation,
    HTTPException: lambda e: Problem(
        e.status_code, _TEXTS.get(e.status_code, ""), headers=e.headers or None
    ),
}


def describe(error: Exception) -> Problem:
    """Look an exception up in the table; what is not in it is a fault of ours."""
    found = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    return found(error) if found else Problem(500, _TEXTS[500])


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Turn any exception into the reply its path promises."""
    problem = describe(error)
    request.scope["state"]["problem"] = f"{type(error).__name__}: {error}"
    request.scope["state"]["refusal"] = type(error).__name__
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, REFUSALS):
        log.error("unhandled", exc_info=error)
    if request.url.path.startswith("/api/"):
        return _as_drf(request, problem)
    return _as_page(problem) if pages.wants_page(request) else _as_rfc9457(problem)


def busy(path: str) -> ASGIResponse:
    """Make the answer to who is turned away before the application sees the request."""
    is_compatible = path.startswith("/api/")
    body = {"detail": _BUSY.detail} if is_compatible else _rfc9457(_BUSY)
    kind = MediaType.JSON if is_compatible else _PROBLEM_JSON
    encoded, headers = msgspec.json.encode(body), _BUSY.headers
    return ASGIResponse(body=encoded, status_code=_BUSY.status, headers=headers, media_type=kind)


def _as_drf(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    detail = problem.detail or HTTPStatus(problem.status).phrase + "."
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f'Method "{request.method}" not allowed.'
    body = problem.fields or {"detail": detail}
    return Response(body, status_code=problem.status, headers=problem.headers)


def _as_rfc9457(problem: Problem) -> Response[Any]:
    return Response(
        _rfc9457(problem),
        status_code=problem.status,
        headers=problem.headers,
        media_type=_PROBLEM_JSON,
    )


def _rfc9457(problem: Problem) -> dict[str, Any]:
    title = HTTPStatus(problem.status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": problem.status}
    if problem.detail:
        body["detail"] = problem.detail
    if problem.fields:
        body["errors"] = problem.fields
    return body


def _as_page(problem: Problem) -> Response[Any]:
    title = HTTPStatus(problem.status).phrase
    page = pages.page("problem.html", title=title, problem=problem)
    page.status_code, page.media_type = problem.status, MediaType.HTML
    page.headers.update(problem.headers or {})
    return page
