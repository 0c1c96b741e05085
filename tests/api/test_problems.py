"""Errors: right code, right shape, never a server error for a client's mistake."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import RequestFactory

from api import problems
from api.problems import TABLE, describe
from api.recognize import Recognize
from api.reports import ForceUpdate
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable

from .conftest import API, Gondola
from .test_catalog import FIELDS

JSON = "application/json"
PATHS = [
    ("POST", f"{API}/recognize"),
    ("POST", f"{API}/reports/force_update/"),
    ("POST", f"{API}/sku"),
    ("PUT", f"{API}/sku/1/"),
    ("PATCH", f"{API}/sku/1"),
    ("POST", f"{API}/brands"),
    ("PATCH", f"{API}/displays/1/"),
]
MALFORMED: list[tuple[str | None, bytes]] = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"{'a': 1}"),
    (JSON, b'{"images": [1,]}'),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b"5"),
    (JSON, b'"text"'),
    (JSON, b"NaN"),
    (JSON, b'{"images": [1e999]}'),
    (JSON, b'{"images": "\xff\xfe"}'),
    (JSON, b'\xff\xfe{\x00"\x00a\x00"\x00:\x001\x00}\x00'),
    (JSON, b'{"retail_chain": "\\ud800", "name": "\\ud800"}'),
    (JSON, b'{"images": [1], "reports": [1], "name": "a\\u0000b"}'),
    (JSON, b"[" * 100_000),
    (JSON, b"[" * 100_000 + b"]" * 100_000),
    (JSON, b'{"metadata": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}"),
    (JSON, b'{"metadata": ' + b"[" * 400 + b"]" * 400 + b"}"),
    ("application/json; charset=klingon", b"{"),
    (None, b"{"),
    ("application/x-www-form-urlencoded", b"images=%00"),
    ("application/x-www-form-urlencoded", b"images=[1,&name=[&reports=["),
    ("application/x-www-form-urlencoded", b"a=b&images=[" + b"[" * 5000),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=x", b"x"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="images"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="images"\r\n'
        b"Content-Type: text/plain; charset=klingon\r\n\r\n1\r\n--x--\r\n",
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n1\r\n--x--\r\n',
    ),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(("kind", "body"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_body_is_400(
    gondola: Gondola, method: str, path: str, kind: str | None, body: bytes
):
    """With a detail or the fields, whatever the bytes."""
    headers = {} if kind is None else {"Content-Type": kind}
    reply = gondola.call(method, path, content=body, headers=headers)

    assert 400 == reply.status_code, reply.text
    assert all(isinstance(v, list | str) for v in reply.json().values())


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_media_type_is_415(gondola: Gondola, method: str, path: str):
    """With the type in the sentence."""
    headers = {"Content-Type": "text/csv"}
    reply = gondola.call(method, path, content=b"a,b", headers=headers)

    detail = 'Unsupported media type "text/csv" in request.'
    assert (415, {"detail": detail}) == (reply.status_code, reply.json())


def test_a_large_json_body_is_413(gondola: Gondola):
    """A megabyte is enough for any list of ids."""
    reply = gondola.post(f"{API}/recognize", content=b" " * 2_000_000)

    assert 413 == reply.status_code
    assert ["detail"] == list(reply.json())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
names = st.sampled_from(
    [*Recognize.__struct_fields__, "datetime", *ForceUpdate.__struct_fields__, *FIELDS]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(target=st.sampled_from(PATHS), body=st.dictionaries(names, json_values) | json_values)
def test_any_json_is_answered(gondola: Gondola, target: tuple[str, str], body: Any):
    """No JSON at all makes a server error."""
    reply = gondola.call(*target, content=json.dumps(body).encode("utf-8", "surrogatepass"))

    assert reply.status_code < 500, reply.text


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=300), target=st.sampled_from([*PATHS, ("POST", f"{API}/uploads")]))
def test_any_bytes_are_answered(gondola: Gondola, target: tuple[str, str], body: bytes):
    """No bytes at all make a server error, as JSON or as a form."""
    for kind in (JSON, "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        content = b"--x\r\n" + body if "multipart" in kind else body
        reply = gondola.call(*target, content=content, headers={"Content-Type": kind})

        assert reply.status_code < 500, reply.text


@pytest.mark.parametrize("path", ["/api/v1.5/nothing", "/api/", "/api/v1.5/uploads/1/2"])
def test_an_unknown_path_of_the_api_is_404(gondola: Gondola, path: str):
    """In the shape of Django REST Framework."""
    reply = gondola.get(path)

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


def test_an_unknown_path_of_ours_is_a_problem(gondola: Gondola):
    """RFC 9457."""
    reply = gondola.get("/nothing")

    assert 404 == reply.status_code
    assert "application/problem+json" == reply.headers["content-type"]
    assert {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not found.",
    } == reply.json()


def test_a_browser_gets_a_page(gondola: Gondola):
    """With the way back."""
    reply = gondola.get("/nothing", headers={"Accept": "text/html,*/*"})

    assert 404 == reply.status_code
    assert reply.headers["content-type"].startswith("text/html")
    assert "Not Found" in reply.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", f"{API}/uploads"), ("DELETE", f"{API}/reports/1/"), ("GET", f"{API}/recognize")],
)
def test_a_wrong_method_is_405(gondola: Gondola, method: str, path: str):
    """With what is allowed."""
    reply = gondola.call(method, path)

    assert (405, {"detail": f'Method "{method}" not allowed.'}) == (reply.status_code, reply.json())
    assert reply.headers["allow"]


@pytest.mark.parametrize("error", [ObjectStoreUnavailable(), RecordsUnavailable()])
def test_a_store_that_is_down_is_503(error: Exception):
    """With a time to come back."""
    problem = describe(error)

    assert (503, {"Retry-After": "5"}) == (problem.status, problem.headers)


def test_a_fault_of_ours_is_500_and_tells_nothing(caplog: pytest.LogCaptureFixture):
    """The reason is in the log only."""
    request = RequestFactory(Litestar(logging_config=None)).get("/api/v1.5/reports")
    request.scope["state"] = {}
    reply = problems.answer(request, KeyError("the secret"))

    assert (500, {"detail": "Internal server error."}) == (reply.status_code, reply.content)
    assert "the secret" in caplog.text


def test_every_problem_has_a_sentence():
    """No row of the table leaves a client without a word."""
    kinds = [kind for kind in TABLE if kind.__module__.startswith(("api", "storage"))]

    assert all(kind.__doc__ for kind in kinds)
