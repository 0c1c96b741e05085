"""What bodies of requests may be, as msgspec checks them: the schemas that go into the document.

Litestar's own leave limits out that stand within lists and choices.
"""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.data_shapes import AckBody
from api.new_references import NewReferences

READ_BY_HANDLERS = {NewReferences, AckBody}  # bodies of several kinds, or that may be missing
_REF = "#/components/schemas/{name}"


@lru_cache(8)
def of_requests(app: Litestar) -> dict[str, Any]:
    """Make the schema of every struct in a request's body, by name."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    bodies = {
        body for route in routes for handler in route.route_handlers if (body := _of(handler))
    }
    bodies |= READ_BY_HANDLERS
    _, components = msgspec.json.schema_components(
        sorted(bodies, key=lambda body: body.__name__), ref_template=_REF
    )
    return components


def _of(handler: HTTPRouteHandler) -> type[msgspec.Struct] | None:
    field = handler.parsed_data_field
    return field.annotation if field and field.is_subclass_of(msgspec.Struct) else None
