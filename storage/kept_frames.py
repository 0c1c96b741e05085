"""Frames that reports were made from and that are no facts: kept under the hash of their content.

Master data changes; what a report used stays. The same master data is one object, however many
reports used it.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from storage import facts
from storage.objects import ObjectStore


def keep(objects: ObjectStore, frame: pl.DataFrame) -> str:
    """Store the frame unless it is there; its key."""
    data = _encoded(_Content(frame))
    key = f"inputs/{hashlib.sha256(data).hexdigest()}.parquet"
    if not objects.exists(key):
        objects.put(key, data, facts.PARQUET)
    return key


class _Content:
    """A frame as what stands in it: the same plan of a shelf comes with scene after scene."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __hash__(self) -> int:
        ends = self.frame.head(1).rows() + self.frame.tail(1).rows()
        return hash((tuple(self.frame.columns), self.frame.height, str(ends)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Content) or self.frame.schema != other.frame.schema:
            return False
        return self.frame.equals(other.frame)


@lru_cache(32)
def _encoded(content: _Content) -> bytes:
    return facts.to_parquet(content.frame)


def load(objects: ObjectStore, key: str) -> pl.DataFrame:
    """Read a kept frame; ObjectMissing when there is none."""
    return facts.from_parquet(objects.get(key))


def load_inputs(
    objects: ObjectStore, keys: Mapping[str, str], schemas: Mapping[str, facts.Schema]
) -> dict[str, pl.DataFrame]:
    """Load what a report was made from, by input: facts and kept frames.

    Args:
        objects: the store.
        keys: of the objects, by input.
        schemas: columns by input; those a frame was kept without are null.

    Raises:
        ObjectMissing: one of them was removed.
    """
    return {name: _input(objects, key, schemas[name]) for name, key in keys.items()}


def _input(objects: ObjectStore, key: str, schema: facts.Schema) -> pl.DataFrame:
    if facts.is_key(key):
        return facts.read_key(objects, key)
    kept = load(objects, key)
    later = {c: kind for c, kind in schema.items() if c not in kept.columns}
    return kept.with_columns(pl.lit(None, kind).alias(column) for column, kind in later.items())
