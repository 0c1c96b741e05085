"""An answer of the warehouse as bytes: JSON, CSV, Parquet, Arrow."""

from collections.abc import Callable
from io import BytesIO

import msgspec
import polars as pl

from storage.errors import BadQuery
from storage.facts import PARQUET, to_parquet


class Format(msgspec.Struct, frozen=True):
    """One way to write an answer."""

    name: str
    media_type: str
    encode: Callable[[pl.DataFrame], bytes]


def to_json(frame: pl.DataFrame) -> bytes:
    """Write rows as a list of objects."""
    return msgspec.json.encode(frame.to_dicts())


def to_csv(frame: pl.DataFrame) -> bytes:
    """Write rows under a line of names; what is not known is empty.

    Raises:
        BadQuery: there are lists or bytes, which CSV cannot hold.
    """
    try:
        return frame.write_csv().encode()
    except pl.exceptions.PolarsError as error:
        raise BadQuery(f"Take another format, or cast: {error}") from None


def to_arrow(frame: pl.DataFrame) -> bytes:
    """Write an Arrow IPC stream."""
    file = BytesIO()
    frame.write_ipc_stream(file)
    return file.getvalue()


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("json", "application/json", to_json),
        Format("csv", "text/csv", to_csv),
        Format("parquet", PARQUET, to_parquet),
        Format("arrow", "application/vnd.apache.arrow.stream", to_arrow),
    )
}
