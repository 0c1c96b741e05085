"""What every request passes, whatever becomes of it: an id, safe headers, one line in the log."""

import logging
import random
import re
import time
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from telemetry import json_log, traces
from telemetry.traces import Span

log = logging.getLogger("gondola.traffic")

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_DEFAULTS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with `no-referrer` our own forms would have no origin
    "X-Content-Type-Options": "nosniff",
}
_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Just what the pages use: their own style sheet, script and photos, and fetching themselves
# again, and forms of their own.
_PAGE_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Traffic:
    """ASGI layer around the whole application, unknown paths and failures included."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; name it, finish its headers and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = _request_id(scope)
        trace = {"under": _header(scope, b"traceparent"), "kind": "server"}
        known = {"http.request.method": scope["method"], "gondola.request_id": request_id}
        with (
            json_log.about(request_id=request_id),
            traces.span("request", **trace, **known) as span,
        ):
            await self._pass_on(scope, receive, send, span)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        begin, status, over = time.perf_counter(), 0, False

        async def finish(message: Message) -> None:
            nonlocal status, over
            if message["type"] == "http.response.start":
                status = message["status"]
                _finish_headers(message, scope["state"]["request_id"])
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                over = True
                self._tell(scope, status, time.perf_counter() - begin, span)

        await self._app(scope, receive, finish)
        if not over:  # the client went away before the end
            self._tell(scope, status, time.perf_counter() - begin, span)

    def _tell(self, scope: Any, status: int, seconds: float, span: Span) -> None:
        """Say what was asked and what came of it: to the log, the metrics and the trace."""
        route = scope.get("path_template")
        log.info("request", extra=_line(scope, status, seconds))
        self._metrics.observe(scope["method"], route, status, seconds)
        if refusal := scope["state"].get("refusal"):
            self._metrics.refuse(refusal)
        span.update_name(f"{scope['method']} {route or ''}".rstrip())
        span.set_attribute("http.response.status_code", status)
        if route:
            span.set_attribute("http.route", route)


def _request_id(scope: Scope) -> str:
    given = _header(scope, b"x-request-id") or ""
    if _REQUEST_ID.fullmatch(given):
        return given
    return f"{random.getrandbits(128):032x}"


def _header(scope: Scope, name: bytes) -> str | None:
    """The first header of the name, bytes as Latin-1."""
    found = (value for header, value in scope["headers"] if header == name)
    return next((value.decode("latin-1") for value in found), None)


def _finish_headers(message: Message, request_id: str) -> None:
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _DEFAULTS.items():
        headers.setdefault(name, value)
    is_page = headers.get("content-type", "").startswith("text/html")
    headers["Content-Security-Policy"] = _PAGE_POLICY if is_page else _POLICY
    headers["X-Request-ID"] = request_id


def _line(scope: Any, status: int, seconds: float) -> dict[str, Any]:
    """Say in one line what was asked and what came of it; never a query, a body or a token."""
    return {
        "request_id": scope["state"]["request_id"],
        "method": scope["method"],
        "route": scope.get("path_template"),
        "path_params": {name: str(value) for name, value in scope.get("path_params", {}).items()},
        "status": status,
        "milliseconds": round(seconds * 1e3, 1),
        "client": (scope.get("client") or [None])[0],
        "problem": scope["state"].get("problem"),
    }
