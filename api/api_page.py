"""Reads an OpenAPI document into the rows of the documentation page."""

from typing import Any

from msgspec import Struct

_METHODS = ("get", "post", "put", "patch", "delete")


class Field(Struct, frozen=True):
    """One parameter, or one field of a body."""

    name: str
    kind: str
    required: bool
    description: str


class Outcome(Struct, frozen=True):
    """One way an operation can end."""

    status: str
    description: str
    fields: list[Field]


class Operation(Struct, frozen=True):
    """One method on one path."""

    tag: str
    method: str
    path: str
    summary: str
    description: str
    secured: bool
    parameters: list[Field]
    body_kind: str
    body: list[Field]
    outcomes: list[Outcome]


def list_operations(document: dict[str, Any]) -> list[Operation]:
    """List every operation of the document, path by path."""
    schemas = document.get("components", {}).get("schemas", {})
    return [
        _operation(path, method, item[method], schemas)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]


def _operation(path: str, method: str, said: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    body_kind, body = next(iter(said.get("requestBody", {}).get("content", {}).items()), ("", {}))
    return Operation(
        tag=said.get("tags", ["Other"])[0],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        description=said.get("description", ""),
        secured=bool(said.get("security")),
        parameters=[
            Field(p["name"], _kind(p["schema"]), p.get("required", False), p.get("description", ""))
            for p in said.get("parameters", [])
        ],
        body_kind=body_kind,
        body=_fields(body.get("schema", {}), schemas),
        outcomes=[
            _outcome(status, reply, schemas) for status, reply in sorted(said["responses"].items())
        ],
    )


def _outcome(status: str, reply: dict[str, Any], schemas: dict[str, Any]) -> Outcome:
    content = next(iter(reply.get("content", {}).values()), {})
    return Outcome(
        status, reply.get("description", ""), _fields(content.get("schema", {}), schemas)
    )


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    """List the fields of an object's schema."""
    schema = schemas.get(_name(schema), schema)
    required = schema.get("required", [])
    return [
        Field(name, _kind(field), name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _name(schema: dict[str, Any]) -> str:
    return schema.get("$ref", "").rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """Say a schema's type in a few words: `list of integer`, `string (date-time) or null`."""
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_kind(choice) for choice in choices))
    if name := _name(schema):
        return name
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        inner = schema.get("items") or next(iter(schema.get("prefixItems", [])), {})
        return f"list of {_kind(inner)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind
