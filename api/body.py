"""The parse layer: bytes of a request body in, plain values out; broken bytes are Malformed.

Litestar lets some broken bodies through as a server error (bad UTF-8, unknown charsets, nesting
without end). They are caught here, next to the parsers, so a KeyError of ours stays a bug.
"""

import re
from collections.abc import AsyncGenerator, Collection, Iterable
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures.state import State
from litestar.exceptions import ClientException, InternalServerException
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from api.errors import FieldWrong, Malformed, WrongMediaType

MAX_NESTING = 32  # brackets within brackets; recursion further in has limits of its own
MAX_PARTS = 16
MAX_TEXT = 64 * 1024  # bytes of a form's field beside files

_GONE = "client disconnected prematurely"  # Litestar's words, for which it has a server error

_JSON = re.compile(r"application/([\w.-]+\+)?json")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class WireRequest(Request[None, None, State]):
    """A request whose JSON may also come as a form, as the original documentation shows it."""

    async def json(self) -> Any:
        """Read the body, JSON or form.

        Raises:
            Malformed: the bytes do not parse.
            WrongMediaType: it is neither.
        """
        kind = self.content_type[0]
        if kind in _FORMS:
            return from_form(await self._parts(), _list_fields(self.route_handler))
        if kind and not _JSON.fullmatch(kind):
            raise WrongMediaType(kind)
        return parse_json(await self.body())

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Give the body in pieces.

        Raises:
            Malformed: it ends before its announced end, or its framing is broken.
        """
        try:
            async for piece in super().stream():
                yield piece
        except InternalServerException as error:
            if error.detail != _GONE:
                raise
            raise Malformed("The body ends early.") from None

    async def _parts(self) -> dict[str, Any]:
        try:
            form = await self.form()
        except (UnicodeDecodeError, LookupError, ClientException):
            raise Malformed from None
        return {name: form.getall(name) for name in form}


def parse_json(body: bytes) -> Any:
    """Parse JSON; every kind of broken text is Malformed, so is what no column can hold."""
    if b"\\u0000" in body:
        raise Malformed("Null characters are not allowed.")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None
    if body.count(b"[") + body.count(b"{") > MAX_NESTING:
        _check_nesting(value)
    return value


def _check_nesting(value: Any) -> None:
    level = [value]
    for _ in range(MAX_NESTING + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise Malformed(f"The body nests deeper than {MAX_NESTING} levels.")


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def from_form(parts: dict[str, list[Any]], lists: Collection[str]) -> dict[str, Any]:
    """Read form fields as JSON fields: `images=[1,2]`, `images=1&images=2` and `images=1`."""
    fields: dict[str, Any] = {}
    for name, values in parts.items():
        read = [_form_value(value) for value in values]
        one = read[0] if len(read) == 1 else read
        fields[name] = [one] if name in lists and not isinstance(one, list) else one
    return fields


def _form_value(value: Any) -> Any:
    if not isinstance(value, str):  # a file where a text belongs
        raise Malformed
    if "\0" in value:
        raise Malformed("Null characters are not allowed.")
    return parse_json(value.encode()) if value[:1] in ("[", "{") else value


@lru_cache(256)
def _list_fields(handler: Any) -> frozenset[str]:
    """Name the fields of a handler's body that are lists; none when it reads the body itself."""
    if handler.parsed_data_field is None:
        return frozenset()
    struct: Any = msgspec.inspect.type_info(handler.parsed_data_field.annotation)
    return frozenset(f.encode_name for f in struct.fields if _may_be_list(f.type))


def _may_be_list(kind: Any) -> bool:
    if isinstance(kind, msgspec.inspect.Metadata):  # a description around the type
        return _may_be_list(kind.type)
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return all(isinstance(k, msgspec.inspect.ListType | msgspec.inspect.NoneType) for k in kinds)


async def read_file(request: Request[Any, Any, Any], names: tuple[str, ...]) -> bytes:
    """Read the first file part with one of these names from a multipart body.

    Raises:
        Malformed: the body is no proper multipart.
        WrongMediaType: the body is no multipart at all.
        FieldWrong: there is no such part.
    """
    files, _ = await read_files(request, names, most=1)
    if not files:
        raise FieldWrong(names[0], "No file was submitted.")
    return files[0]


async def read_files(
    request: Request[Any, Any, Any], names: tuple[str, ...], *, most: int = MAX_PARTS
) -> tuple[list[bytes], dict[str, list[str]]]:
    """Read a multipart body: the parts with one of these names as files, the others as texts.

    Args:
        most: files; what follows is dropped.

    Raises:
        Malformed: the body is no proper multipart.
        WrongMediaType: the body is no multipart at all.
    """
    kind, options = request.content_type
    if kind != "multipart/form-data":
        raise WrongMediaType(kind)
    try:
        found = await _collect(request, options.get("boundary", ""), names, most)
        files = [b"".join(pieces) for name, pieces in found if name in names]
        texts: dict[str, list[str]] = {}
        for name, pieces in found:
            if name not in names:
                texts.setdefault(name, []).append(b"".join(pieces).decode())
    except (MultipartError, UnicodeError, LookupError):
        raise Malformed from None
    return files, texts


async def _collect(
    request: Request[Any, Any, Any], boundary: str, names: tuple[str, ...], most: int
) -> list[tuple[str, list[bytes]]]:
    """Every part by name, in pieces; texts beyond MAX_TEXT bytes and other files are left out."""
    found: list[tuple[str, list[bytes]]] = []
    wanted, left, size = False, most, 0
    with PushMultipartParser(boundary, max_segment_count=MAX_PARTS) as parser:
        async for chunk in request.stream():
            for event in parser.parse(chunk) if not parser.closed else ():
                if isinstance(event, MultipartSegment):
                    is_file = event.name in names
                    wanted = left > 0 if is_file else not event.filename
                    left -= is_file
                    found += [(event.name or "", [])] if wanted else []
                    size = 0
                elif event and wanted:
                    name, pieces = found[-1]
                    pieces.append(bytes(event))
                    size += len(event)
                    if name not in names and size > MAX_TEXT:
                        found.pop()
                        wanted = False
    return found
