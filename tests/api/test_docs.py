"""The API's documentation of itself."""

import re
from pathlib import Path
from typing import Any

import msgspec
import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator

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


def test_every_error_is_in_the_table_of_errors(document: Any):
    """What an operation may answer with is explained in docs/compatibility.md."""
    text = (Path(__file__).parents[2] / "docs/compatibility.md").read_text()
    explained = set(re.findall(r"^\| (\d{3}) \|", text, re.MULTILINE))
    operations = [op for item in document["paths"].values() for op in item.values()]
    told = {code for op in operations for code in op["responses"] if code >= "400"}

    assert told <= explained
    assert {"400", "401", "403", "404", "405", "409", "413", "415", "422", "429"} <= explained


def operations(document: Any) -> list[tuple[str, str, Any]]:
    """Method, path and operation of all."""
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid(document: Any):
    """By the OpenAPI specification, as generators of clients read it."""
    openapi_spec_validator.validate(document)


def test_every_operation_tells_its_errors(document: Any):
    """With a body of the form that its path speaks; none of the framework's own."""
    lacking = []
    for method, path, operation in operations(document):
        kind = "application/json" if path.startswith("/api/") else "application/problem+json"
        wanted = {"400", "401", "403", "503"} if operation.get("security") else set[str]()
        told = {code: body for code, body in operation["responses"].items() if code >= "4"}
        odd = [code for code, body in told.items() if kind not in body.get("content", {kind: 0})]
        if wanted - told.keys() or (odd and path != "/readyz"):
            lacking.append((method, path, wanted - told.keys(), odd))

    assert [] == lacking


def test_every_body_has_an_example_that_fits(document: Any):
    """Of what is sent and of what comes back."""
    odd = []
    for method, path, operation in operations(document):
        bodies = [operation.get("requestBody", {})]
        bodies += [body for code, body in operation["responses"].items() if code < "3"]
        for content in (body.get("content", {}).get("application/json") for body in bodies):
            if content is None:
                continue
            if "example" not in content:
                odd.append((method, path, "no example"))
                continue
            schema = {**content["schema"], "components": document["components"]}
            errors = Draft202012Validator(schema).iter_errors(content["example"])
            odd += [(method, path, error.json_path, error.message[:200]) for error in errors]

    assert [] == odd


def test_the_document_stays_the_same(gondola: Gondola):
    """Byte for byte, however often it is asked for."""
    texts = {gondola.http.get("/schema/openapi.json").content for _ in range(3)}

    assert 1 == len(texts)


def test_patterns_are_read_by_tools_of_any_language(document: Any):
    """ECMA-262, as JSON Schema asks for; it does not know the end that Python writes."""
    written = msgspec.json.encode(document).decode()

    assert '"pattern":"^[0-9a-f]{32}$"' in written
    assert "\\\\Z" not in written
