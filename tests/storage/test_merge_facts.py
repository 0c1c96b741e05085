"""Merging: few files in place of many, the same rows for every reader."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from storage import fact_tables, facts, merge_facts, merged_facts
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.folder import FolderStore
from storage.objects import ObjectStore
from tests.storage.seen import facing, frames

DAY = date(2026, 3, 1)
SCENES = [f"{n:032x}" for n in range(150)]


def write(objects: ObjectStore, scene: str, *, revision: int = 1, facings: int = 3) -> None:
    """Write facts; each scene has facings of its own SKU."""
    rows = [facing(n, int(scene, 16) + 1) for n in range(facings)]
    facts.write(objects, day=DAY, scene=scene, revision=revision, tables=frames(facings=rows))


def read(objects: ObjectStore, scene: str, table: str = "facings") -> pl.DataFrame:
    """Read revision 1."""
    return facts.read(objects, day=DAY, scene=scene, revision=1, table=table)


def files(objects: ObjectStore) -> list[str]:
    """The Parquet files of the day."""
    return [key for key in objects.list("facts/") if key.endswith(".parquet")]


def test_every_scene_reads_as_before(objects: ObjectStore) -> None:
    """Each table of each scene is the same frame, in far fewer files."""
    for scene in SCENES[:70]:
        write(objects, scene)
    before = {(s, t): read(objects, s, t) for s in SCENES[:70] for t in facts.TABLES}

    merged = merge_facts.merge_day(objects, DAY, {})

    assert (70, 560, 24) == (merged.scenes, merged.before, merged.after)
    assert 24 == len(files(objects))
    assert all(frame.equals(read(objects, *which)) for which, frame in before.items())


def test_plain_engines_sum_the_same(folder: ObjectStore, tmp_path: Path) -> None:
    """DuckDB finds the same rows by the same glob before and after."""
    for scene in SCENES[:20]:
        write(folder, scene)
    glob = tmp_path / "folder/facts/*/*/*/facings.parquet"
    rows = f"read_parquet('{glob}', union_by_name = true)"
    query = f"SELECT count(*), sum(sku_id), sum(x2 - x1) FROM {rows}"  # noqa: S608
    before = duckdb.sql(query).fetchall()

    merge_facts.merge_day(folder, DAY, {})

    assert before == duckdb.sql(query).fetchall()


def test_merging_twice_changes_nothing(folder: ObjectStore) -> None:
    """What is merged stays as it is."""
    write(folder, SCENES[0])
    merge_facts.merge_day(folder, DAY, {})
    before = {key: folder.get(key) for key in files(folder)}

    again = merge_facts.merge_day(folder, DAY, {})

    assert (0, 8, 8) == (again.scenes, again.before, again.after)
    assert before == {key: folder.get(key) for key in files(folder)}


def test_what_came_late_is_merged_beside(folder: ObjectStore) -> None:
    """A second part of the same day; scenes of both are found."""
    write(folder, SCENES[0])
    write(folder, SCENES[9])
    merge_facts.merge_day(folder, DAY, {})
    write(folder, SCENES[5], facings=7)

    merge_facts.merge_day(folder, DAY, {})

    assert [3, 7, 3] == [read(folder, SCENES[n]).height for n in (0, 5, 9)]
    assert 16 == len(files(folder))


def test_a_run_that_died_is_ended_by_the_next(folder: ObjectStore) -> None:
    """Facts that are in a part and still beside it are removed, and read the same."""
    write(folder, SCENES[0])
    single = {key: folder.get(key) for key in files(folder)}
    merge_facts.merge_day(folder, DAY, {})
    for key, data in single.items():
        folder.put(key, data)

    merge_facts.merge_day(folder, DAY, {})

    assert 8 == len(files(folder))
    assert 3 == read(folder, SCENES[0]).height


def test_a_part_that_was_not_ended_is_not_believed(folder: ObjectStore) -> None:
    """A run that died between two tables of a part removes nothing; the next writes it anew."""
    write(folder, SCENES[0])
    write(folder, SCENES[1])
    part = merged_facts.part_of(DAY, [(SCENES[0], 1)])
    frame = {(SCENES[0], 1): read(folder, SCENES[0])}
    folder.put(part.key("facings"), merged_facts.encode("facings", frame))

    merge_facts.merge_day(folder, DAY, {})

    assert 8 == len(files(folder))
    assert all(read(folder, SCENES[0], table) is not None for table in facts.TABLES)


def test_unfinished_facts_are_left_alone(folder: ObjectStore) -> None:
    """Facts whose last tables were never written are not merged and not removed."""
    write(folder, SCENES[0])
    folder.delete(facts.facts_key(DAY, SCENES[0], 1, "photos"))

    merged = merge_facts.merge_day(folder, DAY, {})

    assert (0, 7, 7) == (merged.scenes, merged.before, merged.after)


def test_damaged_facts_are_not_merged(folder: ObjectStore) -> None:
    """Facts that are not what was written stop the merge, and nothing is removed."""
    write(folder, SCENES[0])
    write(folder, SCENES[1])

    with pytest.raises(ObjectCorrupt, match="damaged"):
        merge_facts.merge_day(folder, DAY, {(SCENES[1], 1): {"facings": "0" * 64}})

    assert 3 == read(folder, SCENES[0]).height
    assert 16 == len(files(folder))


def test_what_is_written_is_compared_before_anything_goes(
    folder: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that lacks a row stops the merge, and nothing is removed."""
    write(folder, SCENES[0])
    whole = merged_facts.encode
    lacking = lambda table, frames: whole(table, {ref: f.head(1) for ref, f in frames.items()})  # noqa: E731
    monkeypatch.setattr(merged_facts, "encode", lacking)

    with pytest.raises(ObjectCorrupt, match="not written as it was read"):
        merge_facts.merge_day(folder, DAY, {})

    assert 3 == read(folder, SCENES[0]).height


def test_a_damaged_page_is_noticed(folder: ObjectStore) -> None:
    """One changed byte among the rows of a scene is an error, never other rows."""
    rows = [facing(n, n * 7919) for n in range(500)]
    facts.write(folder, day=DAY, scene=SCENES[0], revision=1, tables=frames(facings=rows))
    merge_facts.merge_day(folder, DAY, {})
    key = next(key for key in files(folder) if key.endswith("/facings.parquet"))
    data = bytearray(folder.get(key))
    data[len(data) // 3] ^= 1
    folder.put(key, bytes(data))

    with pytest.raises(ObjectCorrupt, match="damaged"):
        read(folder, SCENES[0])


def test_facts_that_were_never_written_are_missing(folder: ObjectStore) -> None:
    """A scene between the ends of a part is not found in it."""
    write(folder, SCENES[0])
    write(folder, SCENES[9])
    merge_facts.merge_day(folder, DAY, {})

    with pytest.raises(ObjectMissing):
        read(folder, SCENES[5])


def test_no_empty_folders_stay(folder: ObjectStore, tmp_path: Path) -> None:
    """The folders of merged scenes go with their files."""
    write(folder, SCENES[0])
    write(folder, SCENES[1])

    merge_facts.merge_day(folder, DAY, {})

    assert ["merged"] == [path.name for path in (tmp_path / "folder/facts/2026-03-01").iterdir()]


def test_old_facts_have_the_columns_of_today(folder: ObjectStore) -> None:
    """Facts of an earlier version, without a column and a table, are merged with nulls."""
    write(folder, SCENES[0])
    key = facts.facts_key(DAY, SCENES[0], 1, "facings")
    folder.put(key, facts.to_parquet(facts.from_parquet(folder.get(key)).drop("ambiguous")))
    folder.delete(facts.facts_key(DAY, SCENES[0], 1, "gaps"))

    merge_facts.merge_day(folder, DAY, {})

    assert [None] * 3 == read(folder, SCENES[0])["ambiguous"].to_list()
    assert 0 == read(folder, SCENES[0], "gaps").height


def test_a_day_that_is_merged_is_not_looked_at_again(folder: ObjectStore) -> None:
    """However long ago it all began, a night's work is that of the days that are new."""
    write(folder, SCENES[0])
    before = merge_facts.days(folder)
    merge_facts.merge_day(folder, DAY, {})

    assert ([DAY], []) == (before, merge_facts.days(folder))


class Joined(FolderStore):
    """A folder in which a second run begins while the first one writes a part, and dies."""

    second = False

    def put(self, key: str, data: bytes, content_type: str = "") -> None:
        """Store; after the first run's second table the second run begins."""
        if self.second and "/merged/" in key:
            raise InterruptedError
        super().put(key, data)
        if key.endswith(f"/{list(facts.TABLES)[1]}.parquet") and "/merged/" in key:
            self.second = True
            with pytest.raises(InterruptedError):
                merge_facts.merge_day(self, DAY, {})
            self.second = False


def test_two_runs_at_once_lose_nothing(tmp_path: Path) -> None:
    """One was thought dead, as its clock or its network was wrong, and goes on."""
    joined = Joined(tmp_path / "joined")
    for scene in SCENES[:3]:
        write(joined, scene)
    before = {(s, t): read(joined, s, t) for s in SCENES[:3] for t in facts.TABLES}

    merge_facts.merge_day(joined, DAY, {})

    assert all(frame.equals(read(joined, *which)) for which, frame in before.items())
    assert 8 == len(files(joined))


def test_parts_of_an_earlier_version_stay(
    folder: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that facts have since then is no reason to take a part for unfinished."""
    write(folder, SCENES[0])
    merge_facts.merge_day(folder, DAY, {})
    monkeypatch.setitem(fact_tables.TABLES, "stickers", fact_tables.TABLES["gaps"])

    merge_facts.merge_day(folder, DAY, {})

    assert 8 == len(files(folder))
