"""The methods of a path, in answers to OPTIONS and to a wrong method."""

from litestar.routes import HTTPRoute

from .conftest import API, Gondola
from .test_scopes import OPEN, filled


def methods(header: str) -> set[str]:
    """Read an `Allow` header."""
    return {name.strip() for name in header.split(",")}


def test_options_name_every_method_of_a_path(gondola: Gondola):
    """Those of all its handlers, not of one; for every path."""
    routes = [r for r in gondola.http.app.routes if isinstance(r, HTTPRoute)]
    ours = [route for route in routes if not route.path.startswith(OPEN)]
    wrong = [
        f"{route.path}: {reply.status_code} {reply.headers.get('allow')}"
        for route in ours
        for reply in [gondola.call("OPTIONS", filled(route.path))]
        if (204, route.methods) != (reply.status_code, methods(reply.headers.get("allow", "")))
    ]

    assert len(ours) > 30
    assert [] == wrong


def test_a_wrong_method_names_the_right_ones(gondola: Gondola):
    """405 with the same header."""
    reply = gondola.call("DELETE", f"{API}/visits/1/")

    assert 405 == reply.status_code
    assert {"GET", "OPTIONS", "PATCH", "PUT"} == methods(reply.headers["allow"])


def test_options_of_an_unknown_path_are_404(gondola: Gondola):
    """As any other method."""
    assert 404 == gondola.call("OPTIONS", f"{API}/nothing/").status_code
