"""What a token may be used for."""

from datetime import timedelta
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from storage import tokens
from tests.api.conftest import API, Gondola

RECOGNISING = {
    "/uploads",
    "/uploads/uploads_by_url",
    "/uploads_by_url",
    "/uploads/upload_by_url",
    "/recognize",
    "/recognition_error",
    "/reports/force_update",
    "/planogram/match",
}
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
    """Every method and path that needs a token, ids filled in."""
    routes: list[Any] = [r for r in gondola.http.app.routes if isinstance(r, HTTPRoute)]
    return sorted(
        (method, filled)
        for route in routes
        for method in route.methods - {"OPTIONS", "HEAD"}
        if not (filled := _filled(route)).startswith(OPEN)
    )


def _filled(route: HTTPRoute) -> str:
    parts = [part if isinstance(part, str) else "1" for part in route.path_components]
    return "/" + "/".join(parts)


def needed(method: str, path: str) -> str:
    """What the documentation says the request needs."""
    if method == "GET":
        return "read"
    return "recognise" if path.removeprefix(API) in RECOGNISING else "master_data"


@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_every_endpoint_asks_for_its_scope(gondola: Gondola, scope: str):
    """403 without it, something else with it; for all of them, as documented."""
    headers = token_for(gondola, scope)
    all_of_them = endpoints(gondola)

    wrong = [
        f"{method} {path}: {code}"
        for method, path in all_of_them
        if (code := gondola.http.request(method, path, headers=headers).status_code) == 401
        or (code == 403) == (needed(method, path) == scope)
    ]

    assert len(all_of_them) > 50
    assert [] == wrong


def test_a_token_without_the_scope_is_told_so(gondola: Gondola):
    """In the words of Django REST Framework."""
    headers = token_for(gondola, tokens.READ)

    reply = gondola.http.post(f"{API}/recognize/", json={"images": [1]}, headers=headers)

    assert 403 == reply.status_code
    assert {"detail": "You do not have permission to perform this action."} == reply.json()


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
