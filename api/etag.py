"""ETag: a client that polls gets a body only when it is another one."""

import hashlib
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from msgspec import Struct


def tagged(request: Request[Any, Any, Any], body: Struct) -> Response[Any]:
    """Answer with the body and its tag, or with 304 when the client says it has it.

    Source: RFC 9110, sections 8.8.3 and 13.1.2; tags are compared weakly.
    """
    encoded = msgspec.json.encode(body)
    tag = f'"{hashlib.sha256(encoded).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _names(request.headers.get("if-none-match", ""), tag):
        return Response(None, status_code=304, headers=headers)
    return Response(encoded, media_type=MediaType.JSON, headers=headers)


def _names(header: str, tag: str) -> bool:
    named = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag in named or "*" in named
