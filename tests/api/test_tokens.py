"""Tokens over HTTP, for whoever has the scope `admin`."""

from typing import Any

import pytest

from storage import tokens

from .conftest import Gondola
from .test_scopes import token_for


@pytest.fixture
def admin(gondola: Gondola) -> dict[str, str]:
    """Headers of an operator."""
    return token_for(gondola, tokens.ADMIN)


def make(gondola: Gondola, admin: dict[str, str], **body: Any) -> Any:
    """Make a token."""
    return gondola.http.post("/tokens/", json=body, headers=admin)


def test_a_token_that_was_made_works(gondola: Gondola, admin: dict[str, str]):
    """At once, for its scopes."""
    reply = make(gondola, admin, name="till 4", scopes=["read"], days=3)
    made = reply.json()
    headers = {"Authorization": f"Token {made['token']}"}

    assert 201 == reply.status_code
    assert ("till 4", ["read"], "2026-11-25T10:00:00.123456Z") == (
        made["name"], made["scopes"], made["expires_date"],
    )  # fmt: skip
    assert 200 == gondola.http.get("/api/v1.5/reports/", headers=headers).status_code
    assert 403 == gondola.http.post("/api/v1.5/visits/", json={}, headers=headers).status_code


def test_the_list_does_not_tell_tokens(gondola: Gondola, admin: dict[str, str]):
    """Their ids, names and ends; never the token."""
    made = make(gondola, admin, name="listed").json()
    reply = gondola.http.get("/tokens/", headers=admin)
    mine = next(one for one in reply.json()["results"] if one["id"] == made["id"])

    assert made["token"] not in reply.text
    assert mine == {name: value for name, value in made.items() if name != "token"}


def test_a_token_is_revoked(gondola: Gondola, admin: dict[str, str]):
    """The next request is refused; revoking it again changes nothing."""
    made = make(gondola, admin).json()
    first, again = (
        gondola.http.delete(f"/tokens/{made['id']}/", headers=admin).json() for _ in "ab"
    )
    headers = {"Authorization": f"Token {made['token']}"}

    assert 401 == gondola.http.get("/api/v1.5/reports/", headers=headers).status_code
    assert first == again
    assert first["revoked_date"]


def test_a_token_nobody_made_is_not_found(gondola: Gondola, admin: dict[str, str]):
    """404 as a problem of RFC 9457."""
    reply = gondola.http.delete("/tokens/0123456789ab/", headers=admin)

    assert (404, "application/problem+json") == (
        reply.status_code, reply.headers["content-type"],
    )  # fmt: skip


@pytest.mark.parametrize("body", [{"scopes": []}, {"scopes": ["root"]}, {"days": 0}])
def test_a_wrong_field_is_named(gondola: Gondola, admin: dict[str, str], body: Any):
    """400, and nothing is made."""
    reply = make(gondola, admin, **body)

    assert (400, list(body)) == (reply.status_code, list(reply.json()["errors"]))


def test_a_token_of_the_master_key_is_no_operator(gondola: Gondola):
    """What every client gets may not decide who may do what."""
    assert 403 == gondola.post("/tokens/", json={}).status_code
