"""Frames that reports were made from and that are no facts: kept under the hash of their content.

Master data changes; what a report used stays. The same master data is one object, however many
reports used it.
"""

import hashlib

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
