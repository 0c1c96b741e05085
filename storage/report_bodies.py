"""Bodies of reports: JSON in the row while it is small, else an object; checked by its hash."""

import hashlib

import msgspec

from storage.errors import ObjectCorrupt
from storage.objects import ObjectStore

INLINE_BYTES = 64 * 1024  # a larger body is an object


class Body(msgspec.Struct, frozen=True):
    """Where a report's JSON is: in the row, or in the object store."""

    inline: bytes | None
    key: str | None
    sha256: str


def store_body(objects: ObjectStore, body: bytes) -> Body:
    """Keep a small body for the row, put a large one into the object store.

    Call it before the transaction; an object that no row names yet does no harm.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    if len(body) <= INLINE_BYTES:
        return Body(body, None, sha256)
    key = f"bodies/{sha256}.json"
    objects.put(key, body, "application/json")
    return Body(None, key, sha256)


def load_body(objects: ObjectStore, body: Body) -> bytes | None:
    """Read a body; None when there is none.

    Raises:
        ObjectMissing, ObjectCorrupt: when it is not what was stored.
    """
    return check_body(body.inline if body.key is None else objects.get(body.key), body)


def check_body(data: bytes | None, body: Body) -> bytes | None:
    """Give bytes back that are the body's; ObjectCorrupt for others."""
    if data is not None and hashlib.sha256(data).hexdigest() != body.sha256:
        raise ObjectCorrupt("The stored body of the report is damaged.")
    return data
