"""The one door to facts: what recognition saw in a scene, as immutable Parquet.

Geometry is in pixels of the upright photo, origin top left. The same facts are the same bytes,
whatever the order of the rows given.
"""

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from io import BytesIO

import duckdb
import polars as pl

from storage import failpoints, merged_facts
from storage.errors import BadFacts, ObjectCorrupt, ObjectMissing
from storage.fact_tables import EMBEDDINGS, LATER, NULLABLE, SORTED_BY, TABLES, Schema
from storage.objects import ObjectStore
from storage.scenes import Scene

_FOLDER = "facts/"
__all__ = ["EMBEDDINGS", "TABLES", "Schema"]
PARQUET = "application/vnd.apache.parquet"
# A scene's frames are small: one thread is fastest, and nothing is ever written to disk.
_CLOSED = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "memory_limit": "1GB",
    "temp_directory": "",
    "lock_configuration": "true",
}


def facts_key(day: date, scene: str, revision: int, table: str) -> str:
    """Name the object of one table of one recognition."""
    return f"{_FOLDER}{day:%Y-%m-%d}/{scene}/r{revision}/{table}.parquet"


def is_key(key: str) -> bool:
    """Whether `facts_key` made the key."""
    return key.startswith(_FOLDER)


def write(
    objects: ObjectStore,
    *,
    day: date,
    scene: str,
    revision: int,
    tables: Mapping[str, pl.DataFrame],
) -> dict[str, str]:
    """Store one facts revision, all its tables; nothing is stored when one of them is wrong.

    Returns:
        The SHA-256 of each table's bytes, for `read_key` to compare.

    Raises:
        BadFacts: names the table that is missing or unknown, or the column that is wrong.
    """
    if set(tables) != set(TABLES):
        raise BadFacts(f"Facts are the tables {sorted(TABLES)}, not {sorted(tables)}.")
    encoded = {name: encode(name, tables[name]) for name in TABLES}  # whose order tells the end
    for name, data in encoded.items():
        objects.put(facts_key(day, scene, revision, name), data, PARQUET)
        failpoints.hit("facts table written")
    return {name: hashlib.sha256(data).hexdigest() for name, data in encoded.items()}


def read(objects: ObjectStore, *, day: date, scene: str, revision: int, table: str) -> pl.DataFrame:
    """Load one table; ObjectMissing when that revision was never written."""
    return read_key(objects, facts_key(day, scene, revision, table))


def of_scene(objects: ObjectStore, scene: Scene, table: str) -> pl.DataFrame:
    """Read one table of a scene's current facts; ObjectMissing when it has none, as `read_key`."""
    if scene.facts_day is None or scene.facts_revision is None:
        raise ObjectMissing(f"Scene {scene.id} has no facts: it has not been recognised.")
    return read_key(objects, facts_key(scene.facts_day, scene.scene, scene.facts_revision, table))


def read_key(objects: ObjectStore, key: str, sha256: str | None = None) -> pl.DataFrame:
    """Load the table under a key that `facts_key` made.

    What did not exist yet when the facts were written: columns are null, tables are empty.

    Args:
        objects: the store.
        key: of the table.
        sha256: what `write` returned for it; None = it is not known.

    Raises:
        ObjectMissing: when the table was never written.
        ObjectCorrupt: when the bytes are not those that were written.
    """
    table = key.rpartition("/")[2].removesuffix(".parquet")
    try:
        found = from_parquet(_get(objects, key, sha256))
    except ObjectMissing:
        return _read_merged(objects, key, table)
    later = [(name, kind) for name, kind in TABLES[table].items() if name not in found.columns]
    if not later:
        return found
    return found.with_columns(pl.lit(None, kind).alias(name) for name, kind in later)


def _read_merged(objects: ObjectStore, key: str, table: str) -> pl.DataFrame:
    """Load a table that is no object of its own any more; its pages carry checksums."""
    _, day, scene, revision, _ = key.split("/")
    try:
        where = date.fromisoformat(day), scene, int(revision.removeprefix("r"))
        return merged_facts.read(objects, *where, table)
    except ObjectMissing:
        if table not in LATER:
            raise
        return pl.DataFrame(schema=TABLES[table])


def _get(objects: ObjectStore, key: str, sha256: str | None) -> bytes:
    data = objects.get(key)
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise ObjectCorrupt(f"The stored facts {key} are damaged.")
    return data


def encode(table: str, frame: pl.DataFrame) -> bytes:
    """Turn a frame into the table's Parquet, checked and sorted.

    Raises:
        BadFacts: names the column that is wrong.
    """
    _check(table, frame)
    key = SORTED_BY[table]
    columns = list(TABLES[table])
    by = key + [name for name in columns if name not in key]
    return to_parquet(frame.select(columns).sort(by, nulls_last=True).rechunk())


def to_parquet(frame: pl.DataFrame) -> bytes:
    """Write a frame as Parquet; the same frame is the same bytes."""
    file = BytesIO()
    frame.write_parquet(file, compression="zstd")
    return file.getvalue()


def from_parquet(data: bytes) -> pl.DataFrame:
    """Read what `to_parquet` wrote."""
    return pl.read_parquet(BytesIO(data))


def _check(table: str, frame: pl.DataFrame) -> None:
    wanted = TABLES[table]
    for name in (*wanted, *frame.columns):
        if name not in frame.columns:
            raise BadFacts(f"{table}.{name} is missing.")
        if name not in wanted:
            raise BadFacts(f"{table}.{name} is not a column of facts.")
        if frame.schema[name] != wanted[name]:
            raise BadFacts(f"{table}.{name} is {frame.schema[name]}, not {wanted[name]}.")
        if not {name, f"{table}.{name}"} & NULLABLE and frame[name].null_count():
            raise BadFacts(f"{table}.{name} has nulls.")


@contextmanager
def damage_named() -> Generator[None]:
    """Say which file of facts it is that DuckDB cannot read."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        sentence = str(error).partition("\n")[0]  # after it comes our SQL
        raise ObjectCorrupt(f"Facts cannot be read: {sentence}") from error


def query(frames: Mapping[str, pl.DataFrame], sql: str) -> pl.DataFrame:
    """Run SQL over named frames in DuckDB; it can reach nothing else, no file and no network."""
    with _engine().cursor() as connection:
        for name, frame in frames.items():
            connection.register(name, frame.to_arrow())  # seen by this cursor alone
        return connection.sql(sql).pl()


def sku_ids(facings: pl.DataFrame) -> list[int]:
    """List the SKUs that occur in facings, lowest id first."""
    found = "SELECT DISTINCT sku_id FROM facings WHERE sku_id IS NOT NULL ORDER BY sku_id"
    return query({"facings": facings}, found)["sku_id"].to_list()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Open one empty DuckDB for the process: opening costs 20 ms, a cursor nothing."""
    return duckdb.connect(":memory:", config={**_CLOSED})
