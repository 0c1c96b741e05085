"""Pages of a list: `limit` and `offset` in, `count`, `next`, `previous` and `results` out."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Request
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import Meta, Struct

from api.errors import FieldWrong
from api.wire import BIGGEST

DEFAULT_LIMIT = 30
MAX_LIMIT = 1000  # a larger limit gets this many

T = TypeVar("T")


class Page(Struct, frozen=True):
    """Which part of a list a client asks for."""

    limit: Annotated[int, Meta(ge=1, le=BIGGEST)] = DEFAULT_LIMIT
    offset: Annotated[int, Meta(ge=0, le=BIGGEST)] = 0


@dataclass
class PagedOperation(Operation):
    """Tells the API documentation about `limit` and `offset`, which `provide_page` reads."""

    def __post_init__(self) -> None:
        """Add the two parameters."""
        count = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=BIGGEST)
        start = Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=BIGGEST)
        limit = f"How many; {DEFAULT_LIMIT} unless said, {MAX_LIMIT} at most."
        self.parameters = [
            *(self.parameters or []),
            Parameter(name="limit", param_in="query", schema=count, description=limit),
            Parameter(name="offset", param_in="query", schema=start, description="From where."),
        ]


class Listed(Struct, Generic[T], frozen=True):
    """One page of a list, with links to the pages before and after it."""

    count: int
    next: str | None
    previous: str | None
    results: list[T]


async def provide_page(request: Request[Any, Any, Any]) -> Page:
    """Read limit and offset from the query, or, as the documentation shows, from the body."""
    fields = {k: v for k, v in request.query_params.items() if k in Page.__struct_fields__}
    if not fields and await request.body():
        body = await request.json()
        fields = body if isinstance(body, dict) else {}
    try:
        page = msgspec.convert(fields, Page, strict=False)
    except msgspec.ValidationError as error:
        raise FieldWrong.of(error) from None
    return Page(min(page.limit, MAX_LIMIT), page.offset)


def listed(url: str, page: Page, count: int, results: list[T], **query: str) -> Listed[T]:
    """Make the envelope.

    Args:
        url: absolute address of the list, without a query.
        query: what else its links say, such as the order.
    """
    after, before = page.offset + page.limit, max(0, page.offset - page.limit)
    return Listed(
        count=count,
        next=_link(url, page.limit, after, query) if after < count else None,
        previous=_link(url, page.limit, before, query) if page.offset > 0 else None,
        results=results,
    )


def _link(url: str, limit: int, offset: int, query: dict[str, str]) -> str:
    return f"{url}?{urlencode({'limit': limit, 'offset': offset, **query})}"
