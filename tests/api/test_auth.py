"""Who may ask."""

import base64
from typing import Any

import pytest

from .conftest import API, MASTER_KEY, Gondola

GET_TOKEN = "/api/auth/v1.0/get_token"  # noqa: S105 - a path


def basic(password: str) -> dict[str, str]:
    """The header a browser sends."""
    return {"Authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_master_key_gets_a_token_of_ninety_days(gondola: Gondola, slash: str):
    """201, with times written the odd way of the original service."""
    headers = {"Authorization": f"Token {MASTER_KEY}"}
    reply = gondola.http.post(GET_TOKEN + slash, headers=headers)
    body = reply.json()

    assert 201 == reply.status_code
    assert "2026-11-22 10:00:00.123456+00:00" == body["created_at"]
    assert "2027-02-20 10:00:00.123456+00:00" == body["expires_at"]
    assert len(body["token"]) >= 43


def test_a_new_token_leaves_the_old_ones_valid(gondola: Gondola):
    """Several tokens work side by side."""
    other = gondola.new_token()

    assert other != gondola.token
    assert [200, 200] == [
        gondola.get(f"{API}/reports", headers={"Authorization": f"Token {token}"}).status_code
        for token in (gondola.token, other)
    ]


def test_a_token_ends_after_ninety_days(gondola: Gondola):
    """Valid to the last second."""
    token = gondola.new_token()
    headers = {"Authorization": f"Token {token}"}
    gondola.clock.forward(days=90, seconds=-1)
    before = gondola.get(f"{API}/reports", headers=headers)
    gondola.clock.forward(seconds=2)
    after = gondola.get(f"{API}/reports", headers=headers)
    gondola.clock.forward(days=-90, seconds=-1)

    assert (200, 401) == (before.status_code, after.status_code)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("", "Authentication credentials were not provided."),
        ("Bearer abc", "Authentication credentials were not provided."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Token ", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
        ("Token wrong", "Invalid token."),
        (f"Token {MASTER_KEY}", "Invalid token."),
        (b"Token \xff\xfe", "Invalid token."),
        ("Token täst".encode(), "Invalid token."),
        (b"Token " + b"x" * 8000, "Invalid token."),
    ],
)
@pytest.mark.parametrize("path", [f"{API}/reports", f"{API}/uploads/", f"{API}/recognize/"])
def test_no_valid_token_is_401(gondola: Gondola, path: str, header: Any, detail: str):
    """Every resource asks first, with the texts of Django REST Framework."""
    method = "GET" if path.endswith("reports") else "POST"
    headers = {} if header is None else {"Authorization": header}
    reply = gondola.http.request(method, path, headers=headers)

    assert (401, {"detail": detail}) == (reply.status_code, reply.json())
    assert "Token" == reply.headers["www-authenticate"]


@pytest.mark.parametrize("key", ["wrong", "schlüssel"])
def test_a_wrong_master_key_gets_nothing(gondola: Gondola, key: str):
    """401, and no token."""
    reply = gondola.http.post(GET_TOKEN, headers={"Authorization": f"Token {key}".encode()})

    assert (401, {"detail": "Invalid token."}) == (reply.status_code, reply.json())


def test_the_scheme_may_be_written_small(gondola: Gondola):
    """`token` is as good as `Token`."""
    headers = {"Authorization": f"token {gondola.token}"}

    assert 200 == gondola.get(f"{API}/reports", headers=headers).status_code


def test_pages_take_a_token_as_password(gondola: Gondola):
    """A browser asks its user and sends Basic."""
    assert 200 == gondola.http.get("/", headers=basic(gondola.token)).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("wrong"),
        basic(""),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Token wrong"},
    ],
)
def test_pages_make_a_browser_ask_for_a_password(gondola: Gondola, headers: dict[str, str]):
    """401 with a Basic challenge."""
    reply = gondola.http.get("/", headers=headers | {"Accept": "text/html"})

    assert 401 == reply.status_code
    assert reply.headers["www-authenticate"].startswith('Basic realm="Gondola"')
    assert reply.headers["content-type"].startswith("text/html")


def test_pages_do_not_open_the_api(gondola: Gondola):
    """Basic is for pages; the API wants its own header."""
    assert 401 == gondola.get(f"{API}/reports", headers=basic(gondola.token)).status_code
