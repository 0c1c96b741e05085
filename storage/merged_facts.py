"""Facts of many scenes in one file: what `merge_facts` made of a day, read by scene or as a whole.

`facts/<day>/merged/<first>-<last>-<hash>/<table>.parquet` holds the columns of the table after
`scene` and `revision`, one row group per facts revision, in their order; its footer says which.
`<first>` and `<last>` are the scenes at its ends, so that few footers are read to find one.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import ObjectCorrupt, ObjectMissing
from storage.fact_tables import TABLES
from storage.objects import ObjectStore

FOLDER = "merged"
_INDEX = b"gondola.row_groups"  # of the footer: `scene/revision` -> row group, null = no rows
_INDEXED = msgspec.json.Decoder(dict[str, int | None])

Ref = tuple[str, int]  # scene and revision


class Part(msgspec.Struct, frozen=True, order=True):
    """Files of one table each, with the facts of the same scenes."""

    first: str  # scene
    last: str
    prefix: str  # of the keys of its files

    def key(self, table: str) -> str:
        """Name the object of one table."""
        return f"{self.prefix}/{table}.parquet"


def prefix(day: date) -> str:
    """What the keys of a day's parts begin with."""
    return f"facts/{day:%Y-%m-%d}/{FOLDER}/"


def part_of(day: date, refs: Iterable[Ref]) -> Part:
    """Name the part of these facts; the same facts have the same name."""
    names = sorted(refs)
    digest = sha256(repr(names).encode()).hexdigest()[:8]
    first, last = names[0][0], names[-1][0]
    return Part(first, last, f"{prefix(day)}{first}-{last}-{digest}")


def parts(objects: ObjectStore, day: date) -> list[Part]:
    """List the parts of a day, in the order of their scenes."""
    found = {key.rpartition("/")[0] for key in objects.list(prefix(day))}
    names = ((name, name.rpartition("/")[2].split("-")) for name in found)
    return sorted(Part(first, last, name) for name, (first, last, _) in names)


def holding(found: Iterable[Part], scene: str) -> list[Part]:
    """Those of the parts that may hold the scene."""
    return [part for part in found if part.first <= scene <= part.last]


def encode(table: str, frames: dict[Ref, pl.DataFrame]) -> bytes:
    """Write the frames of one table under each other, each a row group; pages carry checksums."""
    wanted = pa.schema([pa.field("scene", pa.string()), pa.field("revision", pa.int32())])
    schema = pa.schema([*wanted, *pl.DataFrame(schema=TABLES[table]).to_arrow().schema])
    file, index = BytesIO(), dict[str, int | None]()
    with pq.ParquetWriter(
        file, schema, compression="zstd", write_page_checksum=True, write_statistics=True
    ) as writer:
        for scene, revision in sorted(frames):
            frame = frames[scene, revision]
            index[_name(scene, revision)] = None if frame.is_empty() else _count(index)
            if not frame.is_empty():
                ref = pl.lit(scene).alias("scene"), pl.lit(revision, pl.Int32).alias("revision")
                named = frame.select(*ref, *TABLES[table])
                rows = named.to_arrow().cast(schema)
                writer.write_table(rows, row_group_size=rows.num_rows)
        writer.add_key_value_metadata({_INDEX: msgspec.json.encode(index)})
    return file.getvalue()


def _count(index: dict[str, int | None]) -> int:
    return sum(group is not None for group in index.values())


def _name(scene: str, revision: int) -> str:
    return f"{scene}/{revision}"


def indexed(objects: ObjectStore, part: Part, table: str) -> set[Ref]:
    """Which facts a part's file holds; none when there is no such file."""
    try:
        with _opened(objects, part, table) as file:
            names = _index(pq.ParquetFile(file))
    except ObjectMissing:
        return set()
    split = (name.split("/") for name in names)
    return {(scene, int(revision)) for scene, revision in split}


def load(objects: ObjectStore, part: Part, table: str) -> dict[Ref, pl.DataFrame]:
    """Load every facts revision of a part's table; ObjectMissing, ObjectCorrupt as `read`."""
    found: dict[Ref, pl.DataFrame] = {}
    with _opened(objects, part, table) as file:
        parquet = _parquet(file)
        for name in _index(parquet):
            scene, revision = name.split("/")
            found[scene, int(revision)] = _read(parquet, name, table)
    return found


def read(objects: ObjectStore, day: date, scene: str, revision: int, table: str) -> pl.DataFrame:
    """Load one table of one facts revision out of the day's parts.

    Raises:
        ObjectMissing: no part holds it.
        ObjectCorrupt: a page is not what was written.
    """
    for part in holding(parts(objects, day), scene):
        with suppress(ObjectMissing), _opened(objects, part, table) as file:
            parquet, name = _parquet(file), _name(scene, revision)
            if name in _index(parquet):
                return _read(parquet, name, table)
    raise ObjectMissing(f"No facts of {scene}, revision {revision}, are stored.")


@contextmanager
def _opened(objects: ObjectStore, part: Part, table: str) -> Generator[BinaryIO]:
    key = part.key(table)
    try:
        with objects.open(key) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise ObjectCorrupt(f"The merged facts {key} are damaged.") from error


def _parquet(file: BinaryIO) -> pq.ParquetFile:
    return pq.ParquetFile(file, page_checksum_verification=True)


def _read(parquet: pq.ParquetFile, name: str, table: str) -> pl.DataFrame:
    """Read the rows of one of the facts revisions in the file."""
    group, schema = _index(parquet)[name], TABLES[table]
    if group is None:
        return pl.DataFrame(schema=schema)
    names = set(parquet.schema_arrow.names)
    there = [column for column in schema if column in names]
    rows = pl.DataFrame(parquet.read_row_group(group, columns=there, use_threads=False))
    if rows.schema == pl.Schema(schema):
        return rows
    later = (pl.lit(None, kind).alias(c) for c, kind in schema.items() if c not in there)
    return rows.with_columns(*later).select(pl.col(c).cast(kind) for c, kind in schema.items())


def _index(parquet: pq.ParquetFile) -> dict[str, int | None]:
    return _INDEXED.decode((parquet.metadata.metadata or {})[_INDEX])
