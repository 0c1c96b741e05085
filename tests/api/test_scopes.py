"""What a token may be used for."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from storage import tokens
from tests.api.conftest import API, Gondola

DOCUMENTED = Path(__file__).with_name("scopes.txt")  # method, path, scope of every endpoint
OPEN = (
    "/api/auth/",
    "/healthz",
    "/readyz",
    "/docs",
    "/openapi.json",
    "/schema",
    "/static",
    "/media",
)


def token_for(gondola: Gondola, *scopes: str) -> dict[str, str]:
    """Headers with a token of these scopes."""
    with gondola.records.transaction() as tx:
        life = timedelta(days=1)
        token = tokens.issue(tx, now=gondola.clock(), life=life, scopes=scopes).token
    return {"Authorization": f"Token {token}"}


def endpoints(gondola: Gondola) -> list[tuple[str, str]]:
    """Every method and path that needs a token."""
    routes: list[Any] = [r for r in gondola.http.app.routes if isinstance(r, HTTPRoute)]
    return sorted(
        (method, route.path)
        for route in routes
        for method in route.methods - {"OPTIONS", "HEAD"}
        if not route.path.startswith(OPEN)
    )


def documented() -> dict[tuple[str, str], str]:
    """The scope that each endpoint shall ask for."""
    lines = (line.split() for line in DOCUMENTED.read_text().splitlines())
    return {(method, path): scope for method, path, scope in lines}


def filled(path: str) -> str:
    """Put ids into a path."""
    return re.sub(r"\{[^}]+\}", "1", path)


def test_every_endpoint_has_a_scope_that_somebody_chose(gondola: Gondola):
    """A new one fails here until it has a line in scopes.txt; one that went leaves none."""
    assert list(documented()) == endpoints(gondola)


@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_every_endpoint_asks_for_its_scope(gondola: Gondola, scope: str):
    """403 without it, something else with it; for all of them, as documented."""
    headers = token_for(gondola, scope)

    wrong = [
        f"{method} {path}: {code}"
        for (method, path), needed in documented().items()
        if (code := gondola.http.request(method, filled(path), headers=headers).status_code) == 401
        or (code == 403) == (needed == scope)
    ]

    assert [] == wrong


def test_a_token_without_the_scope_is_told_so(gondola: Gondola):
    """In the words of Django REST Framework, and which scope it takes."""
    headers = token_for(gondola, tokens.READ)

    reply = gondola.http.post(f"{API}/recognize/", json={"images": [1]}, headers=headers)

    assert 403 == reply.status_code
    assert {
        "detail": "You do not have permission to perform this action. "
        "It takes a token of scope recognise."
    } == reply.json()


def test_a_revoked_token_is_refused_at_once(gondola: Gondola):
    """The very next request."""
    token = gondola.new_token()
    headers = {"Authorization": f"Token {token}"}
    before = gondola.http.get(f"{API}/reports/", headers=headers).status_code
    with gondola.records.transaction() as tx:
        newest = tokens.issued(tx)
        for one in newest:
            tokens.revoke(tx, one.id, now=gondola.clock())
    after = gondola.http.get(f"{API}/reports/", headers=headers).status_code
    gondola.token = gondola.new_token()

    assert (200, 401) == (before, after)
