"""The API's documentation of itself."""

import re
from typing import Any

import msgspec
import pytest

from .conftest import Gondola


@pytest.fixture
def document(gondola: Gondola) -> Any:
    """The OpenAPI document."""
    return gondola.http.get("/openapi.json").json()


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/schema", "/schema/"])
def test_the_page_needs_no_other_host(gondola: Gondola, path: str):
    """No token, and every address on it is ours."""
    reply = gondola.http.get(path)
    addresses = re.findall(r"(?:src|href)=\"([^\"]+)\"", reply.text)

    assert 200 == reply.status_code
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert all(address.startswith("/") for address in addresses)


def test_every_operation_is_on_the_page(gondola: Gondola, document: Any):
    """By its path."""
    page = gondola.http.get("/docs").text

    assert all(path in page for path in document["paths"])


def test_every_operation_has_a_name_a_summary_and_a_sentence(document: Any):
    """Made for people and for generators of clients."""
    operations = [op for item in document["paths"].values() for op in item.values()]

    assert len(operations) >= 15
    assert all(op["operationId"] and op["summary"] and op["description"] for op in operations)


def test_what_needs_a_token_says_so(document: Any):
    """All of the API, nothing of health and media."""
    secured = {
        path: all(op.get("security") == [{"token": []}] for op in item.values())
        for path, item in document["paths"].items()
    }

    assert all(needs for path, needs in secured.items() if path.startswith("/api/"))
    assert not any(needs for path, needs in secured.items() if path.endswith("z"))


def test_the_photo_is_a_part_of_a_form(document: Any):
    """Documented although the handler reads it itself."""
    body = document["paths"]["/api/v1.5/uploads"]["post"]["requestBody"]

    assert ["multipart/form-data"] == list(body["content"])


@pytest.mark.parametrize("path", ["/api/v1.5/reports", "/api/v1.5/sku"])
def test_lists_say_how_they_are_paged(document: Any, path: str):
    """By `limit` and `offset`."""
    parameters = document["paths"][path]["get"]["parameters"]

    assert ["limit", "offset"] == [parameter["name"] for parameter in parameters]


def test_both_documents_are_the_same(gondola: Gondola, document: Any):
    """Under the path of tools and under that of the page."""
    assert document == gondola.http.get("/schema/openapi.json").json()


def test_limits_within_lists_are_documented(gondola: Gondola, document: Any):
    """An id in a list is at least 1, a choice of types keeps the limits of each."""
    schemas = document["components"]["schemas"]
    display = schemas["Recognize"]["properties"]["display"]["anyOf"]

    assert 1 == schemas["Recognize"]["properties"]["images"]["items"]["minimum"]
    assert [1, 1] == [display[0]["minimum"], display[1]["items"]["minimum"]]


def test_every_reference_leads_somewhere(document: Any):
    """Whatever names a schema, the schema is there."""
    named = set(
        re.findall(r"#/components/schemas/([^\"]+)", msgspec.json.encode(document).decode())
    )

    assert named <= document["components"]["schemas"].keys()
