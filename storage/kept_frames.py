"""Frames that reports were made from and that are no facts: kept under the hash of their content.

Master data changes; what a report used stays. The same master data is one object, however many
reports used it.
"""

import hashlib
from collections.abc import Mapping

import polars as pl

from storage import facts
from storage.objects import ObjectStore


def keep(objects: ObjectStore, frame: pl.DataFrame) -> str:
    """Store the frame unless it is there; its key."""
    data = facts.to_parquet(frame)
    key = f"inputs/{hashlib.sha256(data).hexdigest()}.parquet"
    if not objects.exists(key):
        objects.put(key, data, facts.PARQUET)
    return key


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
