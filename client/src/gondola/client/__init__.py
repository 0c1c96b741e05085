"""Asks a Gondola server what stands on a shelf.

`Client` and `AsyncClient` have the same methods; `verify` checks webhooks.
"""

from gondola.client.errors import (
    BadSignature,
    Conflict,
    GondolaError,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Refused,
    ReportFailed,
    ServerFailed,
    TookTooLong,
    TooManyRequests,
    Unreachable,
)
from gondola.client.events import Event
from gondola.client.http import AsyncClient, AsyncScene, Client, Scene
from gondola.client.reports import Report, Reports
from gondola.client.webhooks import verify

__all__ = [
    "AsyncClient",
    "AsyncScene",
    "BadSignature",
    "Client",
    "Conflict",
    "Event",
    "GondolaError",
    "InvalidRequest",
    "NotAuthenticated",
    "NotFound",
    "NotPermitted",
    "Refused",
    "Report",
    "ReportFailed",
    "Reports",
    "Scene",
    "ServerFailed",
    "TooManyRequests",
    "TookTooLong",
    "Unreachable",
    "verify",
]
