"""What the wire-compatible API means by an id and a time, whatever the resource."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar.params import PathParameter
from msgspec import Meta

from api.errors import FieldWrong

BIGGEST = 2**63 - 1  # what a BIGINT column holds

Id = Annotated[int, Meta(ge=1, le=BIGGEST, description="Integer; a numeric string is taken too.")]
PathId = Annotated[int, PathParameter(ge=1, le=BIGGEST)]
Text = Annotated[str, Meta(max_length=255)]
Moment = Annotated[
    str,
    Meta(description="ISO 8601, UTC without an offset.", extra_json_schema={"format": "date-time"}),
]
Timestamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


def timestamp(time: datetime) -> Timestamp:
    """Write a time as the original service does: UTC, microseconds, `Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_utc(field: str, text: Moment) -> datetime:
    """Read a time; one without a zone is UTC. FieldWrong when it is none, or not in any year."""
    try:
        time = msgspec.convert(text, datetime)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except msgspec.ValidationError:
        raise FieldWrong(field, "Send a time as 2026-11-22T10:00:00Z.") from None
    except OverflowError:  # year 0 or 10000 in UTC
        raise FieldWrong(field, "The time is out of range.") from None
