"""The API's own documentation: an OpenAPI document, and a page made from it on this server.

Litestar's ready-made pages load their scripts from other hosts; this one works without any.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.enums import OpenAPIMediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Tag

from api import openapi_errors, openapi_examples, pages, request_schemas
from api.api_page import list_operations
from storage.answer_formats import FORMATS

TAGS = {
    "Tokens": "The master key gives tokens; every other call needs one.",
    "Uploads": "JPEG photos in, by multipart; out by signed links.",
    "Recognition": "Uploaded photos become a scene, and the scene one report of each type.",
    "Reports": "What was recognised, as JSON.",
    "Catalogue": "The SKUs to recognise, with their packshots; brands, categories, manufacturers.",
    "Master data": "Displays, what should stand there, and visits.",
    "Data API": "Visits to collect: list the new ones, read each, confirm each.",
    "Scenes": "What was recognised, to look at. The password of a browser is a token.",
    "Learning": "What people say about facings; what recognition was not sure of.",
    "Analytics": "Questions about everything seen, from the warehouse.",
    "Webhooks": "Who is told of what happens, and how that went.",
    "Health": "For monitors; without a token.",
}
SECURED = [{"token": []}]


class _Document(OpenAPIRenderPlugin):
    """Serves the document."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the document as JSON."""
        return msgspec.json.encode(_complete(request.app, openapi_schema))


class _Page(OpenAPIRenderPlugin):
    """Serves the page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Render the page."""
        return render_page(request.app, openapi_schema).content.encode()


def render_page(app: Litestar, document: dict[str, Any]) -> Response[Any]:
    """Make the page from the document."""
    document = _complete(app, document)
    return pages.page(
        "docs.html", info=document["info"], tags=TAGS, operations=list_operations(document)
    )


@get("/docs", include_in_schema=False, sync_to_thread=True)
def docs(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the API documentation."""
    return render_page(request.app, request.app.openapi_schema.to_schema())


@get("/openapi.json", include_in_schema=False, sync_to_thread=True)
def document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Serve the OpenAPI document under the path most tools try."""
    return _complete(request.app, request.app.openapi_schema.to_schema())


def _add_formats(operation: dict[str, Any]) -> None:
    """Tell the other formats of an operation whose parameter `format` chooses one."""
    if operation["operationId"] == "askQuestion":
        content = operation["responses"]["200"]["content"]
        for one in FORMATS.values():
            kind = {"schema": {"type": "string", "format": "binary"}}
            content.setdefault(one.media_type, kind)


def _complete(app: Litestar, document: dict[str, Any]) -> dict[str, Any]:
    """Put bodies of requests and of errors into the document as they really are, with examples."""
    schemas = document["components"]["schemas"]
    schemas |= request_schemas.of_requests(app)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["responses"] |= openapi_errors.of_operation(path, operation)
            openapi_examples.add(operation, schemas)
            _add_formats(operation)
            _spell_patterns(operation)
    return document


def _spell_patterns(operation: dict[str, Any]) -> None:
    r"""Write the end of a pattern as ECMA-262 does, which JSON Schema takes; Python's is `\Z`."""
    for parameter in operation.get("parameters", []):
        if "pattern" in parameter["schema"]:
            parameter["schema"]["pattern"] = parameter["schema"]["pattern"].replace(r"\Z", "$")


def _version() -> str:
    try:
        return version("gondola")
    except PackageNotFoundError:  # runs from a source tree
        return "source"


CONFIG = OpenAPIConfig(
    title="Gondola",
    version=_version(),
    description="Photos of shop shelves in, reports of what stands on them out.",
    license=License(name="Apache-2.0", identifier="Apache-2.0"),
    path="/schema",
    use_handler_docstrings=True,
    tags=[Tag(name=name, description=sentence) for name, sentence in TAGS.items()],
    components=Components(
        security_schemes={
            "token": SecurityScheme(
                type="apiKey",
                name="Authorization",
                security_scheme_in="header",
                description="`Token ` and the token",
            )
        }
    ),
    render_plugins=[
        _Page(path="/"),
        _Document(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON),
    ],
)
