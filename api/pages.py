"""Server-rendered pages: Jinja templates, no build step, nothing from other hosts."""

from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Response

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **values: Any) -> Response[Any]:
    """Render a template into a reply."""
    html = _TEMPLATES.get_template(template).render(**values)
    return Response(html, media_type=MediaType.HTML)
