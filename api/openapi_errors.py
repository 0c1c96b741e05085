"""The errors each operation may answer with, as the API document tells them.

The compatible paths speak as Django REST Framework, ours by RFC 9457; `problems.py` writes both.
"""

from http import HTTPStatus
from typing import Any

from api import errors
from storage import tokens

_FIELDS_WRONG = "A field is wrong: its name and what is wrong with it. Else `detail` says it."
_THROTTLED = {"detail": "Request was throttled. Expected available in 12 seconds."}
_ERRORS = {
    "400": (_FIELDS_WRONG, {"images": ["This field is required."]}),
    "401": ("No valid token.", {"detail": "Invalid token."}),
    "403": (
        "The token's scopes do not cover this.",
        {"detail": f"{errors.NotPermitted(tokens.ADMIN)}"},
    ),
    "429": ("Too many requests in a minute; `Retry-After` says when to come again.", _THROTTLED),
    "404": ("There is no such thing.", {"detail": "Not found."}),
    "409": (
        "Something else needs it; or a request with this Idempotency-Key is worked on.",
        {"detail": "The must-have list 1 cannot go: ..."},
    ),
    "413": (
        "The body is larger than this endpoint takes.",
        {"detail": "The request is larger than this endpoint takes."},
    ),
    "415": (
        "The body is of a kind this endpoint does not read.",
        {"detail": 'Unsupported media type "text/plain" in request.'},
    ),
    "422": (
        "The Idempotency-Key was used with another body.",
        {"detail": "This Idempotency-Key was used with another body."},
    ),
    "503": (
        "The queue or the disk is full, or a store is down; `Retry-After` says when to come again.",
        {"detail": "Service temporarily unavailable, try again later."},
    ),
}
_OPEN = {"/media/{name}": {"403", "404"}, "/media/panoramas/{name}": {"403", "404"}}
_FIXED = _OPEN | {"/healthz": set[str](), "/readyz": set[str]()}


def of_operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Make the responses of an operation's errors, by status, in place of the framework's."""
    if not path.startswith("/api/"):
        operation["responses"].pop("400", None)
    codes = _FIXED.get(path, _codes(path, operation))
    return {code: _response(path, code) for code in sorted(codes)}


def _codes(path: str, operation: dict[str, Any]) -> set[str]:
    codes = {"400", "401", "403", "429", "503"}
    if "{" in path:
        codes |= {"404", "409"}
    if "requestBody" in operation:
        codes |= {"413", "415"}
    if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", [])):
        codes |= {"409", "422"}
    return codes


def _response(path: str, code: str) -> dict[str, Any]:
    description, example = _ERRORS[code]
    if path.startswith("/api/"):
        kind = "application/json"
    else:
        kind, example = "application/problem+json", _problem(int(code), example)
    schema = {"type": "object", "example": example}
    return {"description": description, "content": {kind: {"schema": schema}}}


def _problem(status: int, as_drf: dict[str, Any]) -> dict[str, Any]:
    """The same error as RFC 9457 has it."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return told | (as_drf if "detail" in as_drf else {"errors": as_drf})
