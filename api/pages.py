"""Server-rendered pages: Jinja templates, no build step, nothing from other hosts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from storage.errors import NotFound, ObjectMissing

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
_FILES = frozenset(path.name for path in STATIC.iterdir())
KEEP = 24 * 3600  # seconds a browser keeps a small picture

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def require_known_file(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Let only the names of our own files through to the file system.

    Raises:
        NotFound: for any other, also those that make a file system fail.
    """
    if str(connection.path_params.get("file_path", "")).lstrip("/") not in _FILES:
        raise NotFound


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Tell a browser that shows a page from a program."""
    return "text/html" in request.headers.get("accept", "")


def page(template: str, **values: Any) -> Response[Any]:
    """Render a template into a reply."""
    html = _TEMPLATES.get_template(template).render(**values)
    return Response(html, media_type=MediaType.HTML)


def small_picture(read: Callable[[], bytes]) -> Response[bytes]:
    """Send a small JPEG; what is read under one address never changes.

    Raises:
        NotFound: when there is none.
    """
    try:
        data = read()
    except ObjectMissing:
        raise NotFound from None
    headers = {"Cache-Control": f"private, max-age={KEEP}, immutable"}
    return Response(data, media_type="image/jpeg", headers=headers)
