"""Lists that come in pages of `limit` rows."""

from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import msgspec

from gondola.client.sending import send
from gondola.client.steps import Reply, Request, Steps

T = TypeVar("T")
PAGE = 100  # rows asked for at once


@dataclass(frozen=True)
class Listing(Generic[T]):
    """What is left of a list."""

    path: str
    row: Any  # the type of a row
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    offset: int = 0


def next_page(asked: Listing[T]) -> Steps[tuple[list[T], Listing[T] | None]]:
    """Ask for a page: its rows, and the rest, None = that was all."""
    query = {**asked.query, "limit": PAGE, "offset": asked.offset}
    reply: Reply = yield from send(Request("GET", asked.path, query=query))
    page = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
    rows: list[T] = msgspec.json.decode(page["results"], type=list[asked.row])
    more = msgspec.json.decode(page["next"]) is not None and bool(rows)
    return rows, replace(asked, offset=asked.offset + len(rows)) if more else None
