"""The methods of a path in `Allow`, in answers to OPTIONS: Litestar names those of one handler."""

from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope


async def name_methods(message: Message, scope: Scope) -> None:
    """Write `Allow` anew; hand it to Litestar as `before_send`."""
    found: Any = scope
    if message["type"] != "http.response.start" or found["method"] != "OPTIONS":
        return
    if methods := _by_path(found["litestar_app"]).get(found.get("path_template")):
        MutableScopeHeaders.from_message(message)["Allow"] = methods


@lru_cache(8)
def _by_path(app: Litestar) -> dict[str, str]:
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return {route.path_format: ", ".join(sorted(route.methods)) for route in routes}
