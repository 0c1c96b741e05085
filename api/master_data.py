"""Master data and visits over HTTP: the same calls for every resource.

The handlers are written once, for type variables; `router` says what these are for a resource, so
that checks and documentation know its fields.
"""
# pyright: reportInvalidTypeVarUse=false
# A type variable stands for a type that only `router` knows, also where it occurs once.

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.di import Provide
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import JSONBody
from msgspec import UNSET, Struct

from api.errors import FieldWrong
from api.given import Given
from api.idempotency import Once
from api.master_bodies import changes_of
from api.master_resources import Resource
from api.media import Links
from api.paging import Listed, Page, PagedOperation, listed
from api.wire import BIGGEST, Id, PathId, to_utc
from storage import master_data
from storage.records import Records

_TIME = "_date"  # ends the names of fields that hold a time

Row = TypeVar("Row", bound=Struct)
Body = TypeVar("Body", bound=Struct)
Changes = TypeVar("Changes", bound=Struct)


class Removed(Struct, frozen=True):
    """What was removed."""

    id: int


def router(resource: Resource) -> Router:
    """Make the calls of a resource."""
    name, noun, plural = resource.name, resource.kind.noun, resource.plural
    article = "an" if noun[0] in "aeiou" else "a"
    one = "/{row_id:int}"
    handlers = [
        get("/", operation_class=_lists(resource), **_told(f"list {plural}", f"list{name}s"))(
            list_rows
        ),
        post("/", **_told(f"add {article} {noun}", f"create{name}"))(create),
        get(one, **_told(f"get {article} {noun}", f"get{name}"))(read),
        put(one, **_told(f"replace {article} {noun}", f"replace{name}"))(replace),
        patch(one, **_told(f"change {article} {noun}", f"change{name}"))(change),
    ]
    if resource.removable:
        told = _told(f"remove {article} {noun}", f"remove{name}")
        handlers.append(delete(one, status_code=200, **told)(remove))
    types: dict[Any, Any] = {
        Row: resource.kind.row,
        Body: resource.body,
        Changes: changes_of(resource.body),
    }
    return Router(
        resource.path,
        route_handlers=handlers,
        signature_namespace=types,
        dependencies={"resource": Provide(lambda: resource, sync_to_thread=False)},
        tags=[resource.tag],
    )


def _told(summary: str, operation_id: str) -> dict[str, Any]:
    return {
        "summary": summary.capitalize(),
        "operation_id": operation_id,
        "sync_to_thread": True,
    }


def _lists(resource: Resource) -> type[Operation]:
    """Document limit and offset, and the links a list can be cut down by."""
    number = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=BIGGEST)

    @dataclass
    class Filtered(PagedOperation):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.parameters = [
                *(self.parameters or []),
                *(
                    Parameter(
                        name=link, param_in="query", schema=number, description="Only with this."
                    )
                    for link in resource.kind.links
                ),
            ]

    return Filtered


def list_rows(
    request: Request[Any, Any, Any],
    resource: Given[Resource],
    page: Given[Page],
    records: Given[Records],
    links: Given[Links],
) -> Listed[Row]:
    """List them by id."""
    of = _filters(request, resource)
    with records.reading() as tx:
        count, found = master_data.page(
            tx, resource.kind, limit=page.limit, offset=page.offset, of=of
        )
    query = {name: str(value) for name, value in of.items()}
    return listed(f"{links.base_url}/api/v1.5{resource.path}/", page, count, found, **query)


def create(
    data: JSONBody[Body], resource: Given[Resource], once: Given[Once], now: Given[datetime]
) -> Response[Row]:
    """Record it, under the id the client chooses or under the next one."""
    values = _values(data)
    return once.do(data, lambda tx: (master_data.add(tx, resource.kind, values, now=now), None))


def read(row_id: PathId, resource: Given[Resource], records: Given[Records]) -> Row:
    """Read it."""
    with records.reading() as tx:
        return master_data.get(tx, resource.kind, row_id)


def replace(
    row_id: PathId,
    data: JSONBody[Body],
    resource: Given[Resource],
    records: Given[Records],
    now: Given[datetime],
) -> Row:
    """Write all fields; with another id in the body, what names it follows."""
    return _change(row_id, _values(data), resource, records, now)


def change(
    row_id: PathId,
    data: JSONBody[Changes],
    resource: Given[Resource],
    records: Given[Records],
    now: Given[datetime],
) -> Row:
    """Write some fields; the others stay."""
    return _change(row_id, _values(data), resource, records, now)


def remove(row_id: PathId, resource: Given[Resource], records: Given[Records]) -> Removed:
    """Remove it; 409 says what still needs it."""
    with records.transaction() as tx:
        master_data.remove(tx, resource.kind, row_id)
    return Removed(row_id)


def _change(
    row_id: int, values: dict[str, Any], resource: Resource, records: Records, now: datetime
) -> Any:
    if not resource.kind.is_master:
        values.pop("id", None)
    with records.transaction() as tx:
        return master_data.change(tx, resource.kind, row_id, values, now=now)


def _values(data: Struct) -> dict[str, Any]:
    """The fields that were sent; times in UTC."""
    sent = {name: v for name, v in msgspec.structs.asdict(data).items() if v is not UNSET}
    return {n: to_utc(n, v) if n.endswith(_TIME) and v is not None else v for n, v in sent.items()}


def _filters(request: Request[Any, Any, Any], resource: Resource) -> dict[str, int]:
    sent = {n: request.query_params[n] for n in resource.kind.links if n in request.query_params}
    try:
        return msgspec.convert(sent, dict[str, Id], strict=False)
    except msgspec.ValidationError:
        raise FieldWrong(next(iter(sent)), "Send an id.") from None
