"""Bring the warehouse up to date: what changed in records and facts since, or everything anew."""

import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from storage import warehouse_facts, warehouse_records
from storage.errors import ObjectCorrupt
from storage.facts_files import FactsOf
from storage.objects import ObjectStore
from storage.records import Records
from storage.warehouse import Connection, Warehouse, register
from storage.warehouse_records import AGES, StoredReport, naive
from storage.warehouse_schema import frame_schema, version
from storage.warehouse_settle import settle

OVERLAP = timedelta(hours=1)  # what began before a refresh may have been committed after it


class Figures(msgspec.Struct, frozen=True):
    """What a report says in numbers."""

    met: int  # what is right
    counted: int  # of what counts
    expected: list[tuple[int, bool, int]] = []  # SKU, is there, facings

    @property
    def ratio(self) -> float | None:
        """The part that is right; None when nothing counts."""
        return self.met / self.counted if self.counted else None


class Refreshed(msgspec.Struct, frozen=True):
    """What a refresh found new."""

    scenes: int
    facings: int
    reports: int
    rebuilt: bool  # everything was new
    seconds: float
    left_out: list[str] = []  # what is damaged: sentences


Read = Callable[[str, bytes], Figures]  # a report type and its JSON
Progress = Callable[[str], None]


class Source(msgspec.Struct, frozen=True):
    """What the warehouse is made of.

    Attributes:
        kpis: report types that say how much of what was wanted is so.
        read: reads the JSON of such a report.
        price_confidence: a price read with less is none, 0-1.
    """

    records: Records
    objects: ObjectStore
    kpis: Sequence[str]
    read: Read
    price_confidence: float


def refresh(
    warehouse: Warehouse,
    source: Source,
    *,
    now: datetime,
    anew: bool = False,
    told: Progress = lambda _: None,
) -> Refreshed:
    """Add what is new since the last refresh; a scene recognised again replaces what it was.

    Args:
        warehouse: may be read meanwhile.
        source: is read only.
        now: the time, aware.
        anew: forget what is there, and read everything.
        told: hears sentences on the way.

    Raises:
        WarehouseBusy: another process does the same now.
        RecordsUnavailable, ObjectStoreUnavailable: the warehouse stays as it was.
    """
    began = time.monotonic()
    left_out: list[str] = []
    with (
        warehouse.changing(anew=anew) as connection,
        _empty_folder(warehouse.path.with_name(".warehouse.fetched")) as folder,
    ):
        since = _since(connection, now)
        _put_dimensions(connection, warehouse_records.dimensions(source.records))
        for visits in warehouse_records.changed_visits(source.records, since):
            _put(connection, "visits", visits, key="visit_id")
        into = _Into(connection, source, folder, left_out)
        scenes, facings = _put_scenes(into, since, told)
        reports = _put_reports(into, since)
        settle(connection)
        found = (scenes, facings, reports, since == AGES, time.monotonic() - began)
        done = Refreshed(*found, left_out)
        _note(connection, done, now)
    return done


@contextmanager
def _empty_folder(path: Path) -> Generator[Path]:
    """A folder for the block; what a run that was killed left there goes first."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def _since(connection: Connection, now: datetime) -> datetime:
    """When to begin; a refresh of a clock that was ahead says nothing about what came after it."""
    query = "SELECT max(refreshed_at) FROM refreshes WHERE refreshed_at <= ?"
    at = connection.execute(query, [naive(now)]).fetchall()[0][0]
    return at.replace(tzinfo=UTC) - OVERLAP if at else AGES


def _put_dimensions(connection: Connection, frames: Mapping[str, pl.DataFrame]) -> None:
    for table, frame in frames.items():
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
        _put(connection, table, frame)


def _put(connection: Connection, table: str, frame: pl.DataFrame, *, key: str = "") -> None:
    """Add rows; those with the same key go."""
    register(connection, "coming", frame)
    if key:
        connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM coming)")  # noqa: S608  our own names
    connection.execute(f"INSERT INTO {table} BY NAME FROM coming")


class _Into(msgspec.Struct, frozen=True):
    """Where a refresh puts what it reads, and from where."""

    connection: Connection
    source: Source
    folder: Path  # for what must be fetched first
    left_out: list[str]  # grows


def _put_scenes(into: _Into, since: datetime, told: Progress) -> tuple[int, int]:
    """Put scenes whose facts are not there yet; how many, with how many facings."""
    scenes, facings = 0, 0
    for which, rows in warehouse_records.changed_scenes(into.source.records, since):
        unknown = _unknown(into.connection, which)
        for new, seen in _put_together(into, unknown, rows) if unknown else ():
            scenes, facings = scenes + new, facings + seen
        told(f"{scenes} scenes, {facings} facings")
    return scenes, facings


def _put_together(
    into: _Into, which: list[FactsOf], rows: pl.DataFrame
) -> Iterator[tuple[int, int]]:
    """Put scenes in one go; where that fails, its halves, until damaged ones stand alone.

    A file that `merge_facts` put into another meanwhile is found there by the halves.
    """
    objects, surely = into.source.objects, into.source.price_confidence
    try:
        facings = warehouse_facts.replace(
            into.connection, objects, which, into.folder, price_confidence=surely
        )
    except ObjectCorrupt as damage:
        if len(which) == 1:
            into.left_out.append(f"Scene {which[0].scene_id}: {damage}")
            return
        half = len(which) // 2
        for part in (which[:half], which[half:]):
            yield from _put_together(into, part, rows)
    else:
        ids = [one.scene_id for one in which]
        _put_rows_of_scenes(into.connection, rows.filter(pl.col("scene_id").is_in(ids)))
        yield len(which), facings
    finally:
        for fetched in into.folder.iterdir():
            fetched.unlink()


def _unknown(connection: Connection, which: Sequence[FactsOf]) -> list[FactsOf]:
    ids = pl.DataFrame({"scene_id": [one.scene_id for one in which]}, {"scene_id": pl.Int64})
    register(connection, "asked", ids)
    query = "SELECT scene_id, facts_revision FROM scenes WHERE scene_id IN (FROM asked)"
    known = set(connection.execute(query).fetchall())
    return [one for one in which if (one.scene_id, one.revision) not in known]


def _put_rows_of_scenes(connection: Connection, rows: pl.DataFrame) -> None:
    """Put the scenes themselves, with what was counted in their facts."""
    register(connection, "coming", rows)
    connection.execute("DELETE FROM scenes WHERE scene_id IN (SELECT scene_id FROM coming)")
    connection.execute("""
        INSERT INTO scenes BY NAME
        WITH seen AS (
            SELECT scene_id, count(*) FILTER (NOT duplicate) AS facings,
                   count(sku_id) FILTER (NOT duplicate) AS identified
            FROM fresh_facings GROUP BY scene_id
        ), empty AS (SELECT scene_id, count(*) AS gaps FROM fresh_gaps GROUP BY scene_id)
        SELECT c.*, coalesce(s.facings, 0) AS facings, coalesce(s.identified, 0) AS identified,
               coalesce(e.gaps, 0) AS gaps
        FROM coming c LEFT JOIN seen s USING (scene_id) LEFT JOIN empty e USING (scene_id)
        ORDER BY c.scene_id""")


def _put_reports(into: _Into, since: datetime) -> int:
    """Put revisions that are not there yet; how many."""
    count, connection, source = 0, into.connection, into.source
    pages = warehouse_records.changed_reports(
        source.records, source.objects, source.kpis, since, into.left_out
    )
    for page in pages:
        ids = pl.DataFrame({"report_id": [row[0] for row in page]}, {"report_id": pl.Int64})
        register(connection, "asked", ids)
        query = "SELECT report_id, revision FROM reports WHERE report_id IN (FROM asked)"
        known = set(connection.execute(query).fetchall())
        new = [row for row in page if (row[0], row[3]) not in known]
        _put_figures(connection, [(row, source.read(row[2], row[5])) for row in new])
        count += len(new)
    return count


def _put_figures(connection: Connection, read: list[tuple[StoredReport, Figures]]) -> None:
    reports = [(*row[:4], said.met, said.counted, said.ratio, naive(row[4])) for row, said in read]
    expected = [(row[0], row[1], *sku) for row, said in read for sku in said.expected]
    _put(connection, "reports", _rows("reports", reports), key="report_id")
    gone = "DELETE FROM expected_skus WHERE report_id IN (SELECT report_id FROM coming)"
    connection.execute(gone)  # also of reports that expect nothing any more
    _put(connection, "expected_skus", _rows("expected_skus", expected))


def _rows(table: str, rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=frame_schema(table), orient="row")


def _note(connection: Connection, done: Refreshed, now: datetime) -> None:
    row = (naive(now), done.seconds, done.scenes, done.facings)
    row = (*row, done.reports, done.rebuilt, version())
    connection.execute(f"INSERT INTO refreshes VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  our own
