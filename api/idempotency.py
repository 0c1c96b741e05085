"""Idempotency-Key: a POST that comes again, as its answer was lost, is not done again.

The answer is kept in the transaction that does the work, so there is no moment in which the work
is done and the answer unknown. Of two equal requests at once, the second waits for the first.
"""

import hashlib
from typing import Annotated

import msgspec
from litestar.params import HeaderParameter
from msgspec import Struct

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and body again: the same answer for two days, nothing is made.",
    ),
]


class Request(Struct, frozen=True):
    """A request that may come again; both are hashes of 64 hex digits."""

    request: str
    payload: str


def name(authorization: str, path: str, key: str, body: Struct) -> Request:
    """Tell the request by who asks, what is asked and the key, and its payload by the body."""
    who = "\0".join((authorization.rsplit(maxsplit=1)[-1], path, key))
    return Request(_hash(who.encode("utf-8", "surrogatepass")), _hash(msgspec.json.encode(body)))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
