"""Files of master data come in, all or nothing."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from storage import catalog, images, master_data, references, versions
from storage.master_kinds import (
    BRANDS,
    DISPLAYS,
    MUST_HAVE_RECORDS,
    PLANOGRAM_RECORDS,
    PLANOGRAMS,
    Kind,
)
from storage.objects import ObjectStore
from storage.records import Records
from tests.api.conftest import jpeg
from tests.master_files.conftest import Import

SKUS = """cid,name,brand_name,size_x_mm
4711,"Oats, 500 g",Mill,120
4712,Oats 1 kg,Mill,
"""
RECORDS = """planogram_name;sku_cid;rack_index;shelf_index;product_index;facing_x
Aisle 3;4711;0;0;0;2
Aisle 3;4712;0;0;1;3
"""
REST = """{
  "planograms": [{"name": "Aisle 3", "display_name": "Left"}],
  "displays": [{"name": "Left", "musthavelist_name": "Oats"}],
  "mhl": [{"name": "Oats"}],
  "mhl_record": [{"musthavelist_name": "Oats", "sku_cid": "4711", "sku1_cid": "4712"}]
}"""
ALL = {"skus__csv": SKUS, "planogram_records__csv": RECORDS, "rest__json": REST}


def rows(records: Records, kind: Kind[Any]) -> list[Any]:
    """All rows of a kind."""
    with records.reading() as tx:
        return master_data.page(tx, kind, limit=99)[1]


def counted(imported: Any) -> dict[str, tuple[int, int, int]]:
    """What was added, changed and unchanged."""
    return {k: (c.added, c.changed, c.unchanged) for k, c in imported.counts.items()}


def said(imported: Any) -> list[tuple[str, str]]:
    """Where something was wrong and what."""
    return [(finding.where, finding.what) for finding in imported.findings]


def test_names_and_codes_become_ids(take: Import, records: Records):
    """Whatever the order of the files; brands are made."""
    imported = take(**ALL)
    [left], [planogram] = rows(records, DISPLAYS), rows(records, PLANOGRAMS)
    with records.reading() as tx:
        skus = catalog.page(tx, limit=9, offset=0)[1]

    assert [] == imported.findings
    assert [("Oats, 500 g", 1, 120.0), ("Oats 1 kg", 1, None)] == [
        (sku.name, sku.brand, sku.size_x_mm) for sku in skus
    ]
    assert ["Mill"] == [brand.name for brand in rows(records, BRANDS)]
    assert (left.id, planogram.id, 1) == (planogram.display, left.planogram, left.musthavelist)
    assert [(1, 2), (2, 3)] == [(r.sku, r.facing_x) for r in rows(records, PLANOGRAM_RECORDS)]
    assert [(1, 2)] == [(r.sku, r.sku1) for r in rows(records, MUST_HAVE_RECORDS)]


def test_the_same_files_again_change_nothing(take: Import, records: Records):
    """No row, and no version."""
    take(**ALL)
    with records.reading() as tx:
        former = versions.current(tx)
    again = take(**ALL)

    assert {(0, 0)} == {(c.added, c.changed) for c in again.counts.values()}
    with records.reading() as tx:
        assert former == versions.current(tx)


def test_what_a_file_says_is_changed_and_the_rest_stays(take: Import, records: Records):
    """An empty cell says nothing; a null in JSON empties."""
    take(**ALL)
    changed = take(skus__csv="cid,name,size_x_mm\n4711,,130\n")
    take(skus__json='[{"cid": "4712", "brand": null}]')
    with records.reading() as tx:
        first, second = catalog.page(tx, limit=9, offset=0)[1]

    assert {"sku": (0, 1, 0)} == counted(changed)
    assert ("Oats, 500 g", 1, 130.0) == (first.name, first.brand, first.size_x_mm)
    assert ("Oats 1 kg", None) == (second.name, second.brand)


def test_one_wrong_line_and_nothing_is_imported(take: Import, records: Records):
    """Every wrong line is told with its number."""
    wrong = "cid,name,size_x_mm,brand\n1,A,,\n2,,5,\n3,C,wide,\n4,D,,x\n1,E,,\n"
    imported = take(skus__csv=wrong, displays__csv="name,planogram_name\nLeft,Nowhere\n")

    assert [
        ("skus.csv, line 3", "name: This field is required."),
        ("skus.csv, line 4", "size_x_mm: Expected `float | null`, got `str`."),
        ("skus.csv, line 5", "brand: Expected `int | null`, got `str`."),
        ("skus.csv, line 6", "The same as skus.csv, line 2: leave one out."),
        ("displays.csv, line 2", "planogram_name: Nothing in planograms is called Nowhere."),
    ] == said(imported)
    with records.reading() as tx:
        assert (0, {}) == (catalog.page(tx, limit=1, offset=0)[0], versions.current(tx))


def test_a_dry_run_tells_and_writes_nothing(take: Import, records: Records, objects: ObjectStore):
    """The counts are those of a real run."""
    planned = take(**ALL, dry_run=True)
    with records.reading() as tx:
        count = catalog.page(tx, limit=1, offset=0)[0]

    assert (0, counted(take(**ALL))) == (count, counted(planned))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("stuff__csv", "cid,name\n", "What is in it?"),
        ("stuff__json", "[]", "What is in it?"),
        ("skus__csv", "cid,colour\n", "Unknown columns of sku: colour. Known: cid, name"),
        ("skus__json", '[{"colour": 1}]', "Unknown columns of sku: colour."),
        ("skus__json", "[1]", "It is no object."),
        ("stuff__json", '{"shelves": []}', "no list of a known kind"),
        ("stuff__json", "5", "Send a list, or an object of lists."),
        ("stuff__json", "{", "It cannot be parsed"),
        ("stuff__json", "[" * 5000, "It cannot be parsed"),
        ("skus__csv", b"cid\n\xff\xfe", "It is not UTF-8"),
        ("skus__csv", "cid,name\n1,a\0b\n", "Null characters"),
        ("skus__csv", "cid,name\n1,a,b\n", "It has 3 cells, not 2."),
        ("skus__csv", "id,cid,name\n0,1,a\n", "id: Expected `int` >= 1."),
        ("skus__csv", "id,cid,name\n99999999999999999999,1,a\n", "id: "),
        ("skus__csv", "cid,name,image\n1,a,7\n", "Unknown images: 7."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(take: Import, name: str, text: Any, sentence: str):
    """With its name, and the line where there is one."""
    [(where, what)] = said(take(**{name: text}))

    assert where.startswith(name.replace("__", "."))
    assert sentence in what


def test_a_kind_may_be_said(take: Import, records: Records):
    """For files that are not named after it."""
    take(my_export__csv="name\nMill\n", kind="brands")

    assert ["Mill"] == [brand.name for brand in rows(records, BRANDS)]


def test_a_missing_file_is_told(take: Import, tmp_path: Path):
    """By name."""
    assert [("skus.csv", "It cannot be read: No such file or directory.")] == said(
        take(tmp_path / "skus.csv")
    )


def test_packshots_become_references(
    take: Import, records: Records, objects: ObjectStore, tmp_path: Path
):
    """Paths are from the folder of the file; the same picture again is the same upload."""
    (tmp_path / "oats.jpg").write_bytes(jpeg())
    text = "cid,name,packshot\n1,A,oats.jpg\n"
    for _ in range(2):
        assert [] == said(take(skus__csv=text))
    with records.reading() as tx:
        [sku] = catalog.page(tx, limit=9, offset=0)[1]
        [reference] = references.of_sku(tx, sku.id)
        picture = images.get(tx, reference.image_id)

    assert ("packshot", sku.image, False) == (reference.source, picture.id, picture.duplicate)
    assert jpeg()[:2] == images.read_photo(objects, picture)[:2]


def test_a_packshot_that_is_none_is_told(take: Import, tmp_path: Path):
    """Missing or no JPEG; nothing is imported."""
    (tmp_path / "a.jpg").write_bytes(b"GIF89a")
    text = "cid,name,packshot\n1,A,a.jpg\n2,B,b.jpg\n"
    [(first, gif), (second, missing)] = said(take(skus__csv=text))

    assert ("skus.csv, line 2", "skus.csv, line 3") == (first, second)
    assert gif.startswith("packshot: a.jpg: The file is")
    assert missing == "packshot: b.jpg cannot be read: No such file or directory."


def test_what_is_called_the_same_needs_an_id(take: Import):
    """Both ids are told."""
    take(displays__json='[{"name": "Left", "id": 1}, {"name": "Left", "id": 2}]')

    assert [
        ("displays.csv, line 2", "name: Several of displays are called Left: [1, 2]. Say the id.")
    ] == said(take(displays__csv="name\nLeft\n"))


def test_an_id_of_another_sku_is_no_match(take: Import):
    """A file of another installation does not rename what is here."""
    take(**ALL)

    assert [("skus.csv, line 2", "id: SKU 1 has the code 4711; leave the id out.")] == said(
        take(skus__csv="id,cid,name\n1,9,B\n")
    )


def test_many_lines_are_no_problem(take: Import):
    """Names are looked up in memory."""
    lines = [{"cid": str(n), "name": f"SKU {n}", "brand_name": f"B {n % 50}"} for n in range(2000)]
    body = msgspec.json.encode(lines)

    assert {"brands": (50, 0, 0), "sku": (2000, 0, 0)} == counted(take(skus__json=body))
    assert {"sku": (0, 0, 2000)} == counted(take(skus__json=body))
