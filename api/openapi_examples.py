"""An example of every body, made from its schema and from values that a reader recognises.

Made, not written: seventy operations keep right examples only this way. A field has the value of
its name below where the schema takes it, else the smallest that it takes.
"""

from typing import Any

_DEEPEST = 9  # levels of an example
_VALUES: dict[str, list[Any]] = {
    "name": ["Oats 500 g"],
    "cid": ["4711"],
    "ean13": ["4006381333931"],
    "images": [[156673, 156674], [{"image": 156673}]],
    "report_types": [["FACING_COUNT", "OSA"]],
    "report_type": ["FACING_COUNT"],
    "reports": [{"FACING_COUNT": 231, "OSA": 232}, [231, 232]],
    "scene": ["0199a7c5d2f07b1e8c3a4d5e6f708192"],
    "status": ["READY", "DONE", "OPEN", 200],
    "json": [[{"sku_id": 10, "count": 6}]],
    "url": ["https://example.com/shelf.jpg"],
    "webhook": ["https://example.com/gondola"],
    "country_code": ["DE"],
    "counry_code": [None],
    "retail_chain": ["Corner"],
    "metadata": [{"agent_id": "7", "agent_name": "Kim"}],
    "revision": [1],
    "detector": ["shelf-detector-0.3.0"],
    "embedder": ["sku-embedder-0.2.0"],
    "problem": [None],
    "error": [None],
    "next": [None],
    "previous": [None],
    "count": [1],
    "message": ["The oats are missing."],
    "width": [3840],
    "height": [2160],
    "box": [[410, 220, 530, 480]],
}
_FORMATS = {"date-time": "2026-11-22T10:00:00.000000Z", "date": "2026-11-22"}

Schema = dict[str, Any]


def add(operation: dict[str, Any], schemas: dict[str, Schema]) -> None:
    """Put an example beside every JSON body that an operation takes or answers with success."""
    bodies = [operation.get("requestBody", {})]
    bodies += [body for code, body in operation["responses"].items() if code.startswith("2")]
    for body in bodies:
        content = body.get("content", {}).get("application/json")
        if content and "example" not in content:
            content["example"] = _example(content["schema"], schemas)


def _example(schema: Schema, schemas: dict[str, Schema], name: str = "", depth: int = 0) -> Any:
    """Make an example of a schema; `name` is the field's."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name, depth)
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return _of_choices(schema[choice], schemas, name, depth)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for value in (*_VALUES.get(name, []), *schema.get("enum", [])[:1]):
        if _takes(schema, kinds, value):
            return value
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    return _of_kind(schema, kinds, schemas, depth)


def _of_choices(choices: list[Schema], schemas: dict[str, Schema], name: str, depth: int) -> Any:
    """Take the first choice that is not null."""
    told = [one for one in choices if one.get("type") != "null"]
    return _example(told[0], schemas, name, depth) if told else None


def _takes(schema: Schema, kinds: list[str], value: Any) -> bool:
    """Whether the schema takes the value, as far as a look tells."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, list) and "$ref" in str(schema.get("items")):
        return False  # rows of their own are made below
    of_type = {str: "string", int: "integer", list: "array", dict: "object", type(None): "null"}
    return not kinds or of_type[type(value)] in kinds


def _of_kind(schema: Schema, kinds: list[str], schemas: dict[str, Schema], depth: int) -> Any:
    if "object" in kinds or "properties" in schema:
        inner = schema.get("properties", {}) if depth < _DEEPEST else {}
        return {name: _example(one, schemas, name, depth + 1) for name, one in inner.items()}
    if "array" in kinds:
        rows = max(schema.get("minItems", 1), 1)
        return [_example(schema.get("items", {}), schemas, "", depth + 1)] * rows
    if "string" in kinds:
        return _FORMATS.get(schema.get("format", ""), "text")
    if "integer" in kinds or "number" in kinds:
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    return True if "boolean" in kinds else None
