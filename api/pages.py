"""Server-rendered pages: Jinja templates, no build step, nothing from other hosts."""

from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Response

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

# Just what the pages use: their own style sheet, script, photos, and the refresh of themselves.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **values: Any) -> Response[Any]:
    """Render a template into a reply with the pages' content security policy."""
    html = _TEMPLATES.get_template(template).render(**values)
    headers = {"Content-Security-Policy": POLICY}
    return Response(html, media_type=MediaType.HTML, headers=headers)
