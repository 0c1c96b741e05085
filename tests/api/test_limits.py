"""How often a client may ask, and what it hears when that was too often."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.limits import GUESSES
from storage import rates
from tests.api.conftest import Gondola, jpeg, start

UPLOADS = "/api/v1.5/uploads/"
LIMIT = 3


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Gondola]:
    """An API that lets three a minute through."""
    with start(tmp_path, rate_limit=LIMIT) as gondola:
        yield gondola


def upload(gondola: Gondola, path: str = UPLOADS, **headers: str) -> httpx.Response:
    """Send a photo."""
    return gondola.post(path, files={"datafile": jpeg(32, 32)}, headers=headers)


def test_one_more_than_the_limit_is_told_when_to_come_again(strict: Gondola):
    """429 in DRF's shape, with the headers; who waits as told is let through."""
    answers = [upload(strict) for _ in range(LIMIT + 1)]
    late = answers[-1]

    assert [201] * LIMIT + [429] == [answer.status_code for answer in answers]
    assert {"detail": "Request was throttled. Expected available in 60 seconds."} == late.json()
    assert "60" == late.headers["retry-after"]
    assert '"uploads";q=3;w=60' == late.headers["ratelimit-policy"]
    assert '"uploads";r=0;t=60' == late.headers["ratelimit"]
    strict.clock.forward(seconds=int(late.headers["retry-after"]))
    assert 201 == upload(strict).status_code


def test_each_post_has_a_limit_of_its_own(strict: Gondola):
    """Uploads leave uploads by URL and scenes alone; the names of one post share theirs."""
    for _ in range(LIMIT + 1):
        upload(strict)
    by_url = ["uploads/uploads_by_url", "uploads_by_url", "uploads/upload_by_url", "uploads_by_url"]

    fetched = [strict.post(f"/api/v1.5/{path}", json={"url": "x"}) for path in by_url]
    asked = [strict.post("/api/v1.5/recognize/", json={}) for _ in range(LIMIT + 1)]

    assert [400] * LIMIT + [429] == [answer.status_code for answer in fetched]
    assert [400] * LIMIT + [429] == [answer.status_code for answer in asked]


def test_another_token_has_its_own(strict: Gondola):
    """What one client takes, the next one has."""
    for _ in range(LIMIT + 1):
        upload(strict)
    strict.token = strict.new_token()

    assert 201 == upload(strict).status_code


EVASIONS = [
    {name: value}
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via", "X-Request-ID")
    for value in ("1.2.3.4", "for=1.2.3.4", "127.0.0.1", "::1", "x")
]
PATHS = [
    "/api/v1.5/uploads",
    "/api/v1.5/uploads/",
    "/api/v1.5//uploads/",
    "//api/v1.5/uploads/",
    "/api/v1.5/uploads//",
    "/api/v1.5/uploads%2f",
    "/api/v1.5/uploads/?x=1",
    "/api/v1.5/./uploads/",
    "/API/v1.5/uploads/",
    "/api/v1.5/Uploads/",
]
SCHEMES = ["Token {}", "token {}", "TOKEN {}", "Token  {}", " Token {} ", "Token\t{}"]


def test_no_spelling_gets_one_more_through(strict: Gondola):
    """Headers that claim another address, paths and schemes written otherwise."""
    for _ in range(LIMIT):
        assert 201 == upload(strict).status_code

    codes = [upload(strict, path, **claim).status_code for claim in EVASIONS for path in PATHS]
    for scheme in SCHEMES:
        for path in PATHS:
            header = {"Authorization": scheme.format(strict.token)}
            codes.append(upload(strict, path, **header).status_code)

    assert len(codes) >= 300
    assert 201 not in codes


def test_what_is_too_much_costs_no_database(strict: Gondola, monkeypatch: pytest.MonkeyPatch):
    """A flood of it waits for no writer; the place that becomes free is found all the same."""
    for _ in range(LIMIT + 1):
        upload(strict)

    with monkeypatch.context() as broken:
        broken.setattr(rates, "take", None)
        assert {429} == {upload(strict).status_code for _ in range(20)}
    strict.clock.forward(seconds=60)
    assert 201 == upload(strict).status_code


def test_guesses_of_tokens_are_limited_by_address(strict: Gondola):
    """So many wrong ones in a minute, then 429; a valid token is served all the same."""
    wrong = [
        strict.http.get("/api/v1.5/reports/", headers={"Authorization": f"Token no-{n}"})
        for n in range(GUESSES + 5)
    ]

    assert [401] * GUESSES + [429] * 5 == [answer.status_code for answer in wrong]
    assert 200 == strict.get("/api/v1.5/reports/").status_code


def test_guesses_of_the_master_key_are_limited_too(strict: Gondola):
    """Together with those of tokens."""
    codes = [
        strict.http.post(
            "/api/auth/v1.0/get_token/", headers={"Authorization": f"Token no-{n}"}
        ).status_code
        for n in range(GUESSES + 1)
    ]

    assert [401] * GUESSES + [429] == codes


def test_an_operator_may_lift_the_limit(tmp_path: Path):
    """0 is none."""
    with start(tmp_path, rate_limit=0) as gondola:
        assert {400} == {
            gondola.post("/api/v1.5/recognize/", json={}).status_code for _ in range(120)
        }
