"""What goes out comes in again."""

from collections.abc import Callable
from pathlib import Path

from master_files.command import import_files
from master_files.out import export
from storage import images
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from tests.api.conftest import jpeg
from tests.master_files.conftest import LIMITS, Import
from tests.master_files.test_import import ALL
from tests.storage.rows import NOW


def read(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_an_export_comes_in_again(
    take: Import,
    records: Records,
    objects: ObjectStore,
    new_records: Callable[[], Records],
    tmp_path: Path,
):
    """Into a new installation, whose export is the same, byte by byte; packshots too."""
    (tmp_path / "oats.jpg").write_bytes(jpeg())
    take(**ALL)
    take(skus__csv="cid,packshot\n4711,oats.jpg\n")
    first, second = tmp_path / "first", tmp_path / "second"
    paths = [path for path, _ in export(records, objects, first)]
    others, elsewhere = new_records(), open_objects(tmp_path.joinpath("else").as_uri())
    done = import_files(others, elsewhere, paths, limits=LIMITS, now=NOW)
    export(others, elsewhere, second)

    assert [] == done.findings
    assert read(first) == read(second)
    assert 10 == len(read(first))


def test_an_export_changes_nothing_where_it_came_from(
    take: Import, records: Records, objects: ObjectStore, tmp_path: Path
):
    """Every row is found again."""
    take(**ALL)
    paths = [path for path, _ in export(records, objects, tmp_path / "out")]
    done = take(*paths)

    assert {0} == {c.added + c.changed + c.removed for c in done.counts.values()}
    assert 9 == sum(c.unchanged for c in done.counts.values())


def test_a_lost_packshot_is_left_out(
    take: Import, records: Records, objects: ObjectStore, tmp_path: Path
):
    """The rest is exported."""
    (tmp_path / "oats.jpg").write_bytes(jpeg())
    take(skus__csv="cid,name,packshot\n1,A,oats.jpg\n")
    with records.reading() as tx:
        objects.delete(images.get(tx, 1).key)
    export(records, objects, tmp_path / "out")

    assert ["packshot", ""] == [
        line.split(",")[-1] for line in (tmp_path / "out" / "sku.csv").read_text().splitlines()
    ]
