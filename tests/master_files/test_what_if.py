"""A file becomes what reports are given, and nothing is recorded."""

from pathlib import Path

import pytest

from master_files.what_if import MUST_HAVE, PLANOGRAM, WrongFile, plan_of
from storage import master_data, versions
from storage.master_kinds import MUST_HAVE_LISTS
from storage.records import Records
from tests.storage.rows import NOW
from tests.storage.test_master_frames import add_sku


@pytest.fixture
def sku(records: Records) -> int:
    """A SKU of the catalogue; its code is its id."""
    with records.transaction() as tx:
        add_sku(tx, 7)
        add_sku(tx, 8)
    return 7


def write(folder: Path, name: str, text: str) -> Path:
    """A file."""
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.usefixtures("sku")
def test_a_table_of_skus_is_a_must_have_list(records: Records, tmp_path: Path):
    """Whatever list it says it is of; alternatives come after the SKU."""
    path = write(tmp_path, "new.csv", "sku,sku1,musthavelist_name\n7,8,May\n8,,May\n")
    with records.reading() as tx:
        before = versions.current(tx)

    found = plan_of(records, path, MUST_HAVE, now=NOW)

    assert [[7, 8], [8]] == found["skus"].to_list()
    with records.reading() as tx:
        assert before == versions.current(tx)
        assert (0, []) == master_data.page(tx, MUST_HAVE_LISTS, limit=9)


@pytest.mark.usefixtures("sku")
def test_a_table_of_places_is_a_planogram(records: Records, tmp_path: Path):
    """In the order of the places."""
    text = "sku,rack_index,shelf_index,product_index,facing_x\n8,0,1,1,1\n7,0,0,0,2\n"
    path = write(tmp_path, "aisle.csv", text)

    found = plan_of(records, path, PLANOGRAM, now=NOW)

    assert [(7, 2), (8, 1)] == found.select("sku_id", "facing_x").rows()


@pytest.mark.usefixtures("sku")
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sku\n4711\n", "line 2"),
        ("sku,musthavelist_name\n7,May\n8,June\n", "several: June, May"),
        ("sku\n", "no records"),
        ("nonsense\n1\n", "Unknown columns"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(
    records: Records, tmp_path: Path, text: str, sentence: str
):
    """With the line where there is one."""
    with pytest.raises(WrongFile, match=sentence):
        plan_of(records, write(tmp_path, "list.csv", text), MUST_HAVE, now=NOW)
