"""The files of docs/master-data.md come in as they stand."""

import re
from pathlib import Path

import pytest

from storage import catalog, drawn_planogram, master_data
from storage.master_kinds import DISPLAYS, PLANOGRAMS
from storage.records import Records
from tests.api.conftest import jpeg
from tests.master_files.conftest import Import

PAGE = Path(__file__).parents[2] / "docs" / "master-data.md"
FILE = re.compile(r"^`([\w.-]+)`:\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The files of the page, and the packshot that one of them names."""
    (tmp_path / "oats.jpg").write_bytes(jpeg())
    found = [(tmp_path / name, text) for name, text in FILE.findall(PAGE.read_text())]
    for path, text in found:
        path.write_text(text)
    return [path for path, _ in found]


def test_the_documented_files_come_in(take: Import, files: list[Path], records: Records):
    """Twice, and the second time nothing changes."""
    first, again = take(*files, unit="cm"), take(*files, unit="cm")
    with records.reading() as tx:
        skus = catalog.page(tx, limit=9, offset=0)[1]
        planograms = master_data.page(tx, PLANOGRAMS, limit=9)[1]
        shelves = {p.name: drawn_planogram.records_of(tx, p.id) for p in planograms}
        display = master_data.get(tx, DISPLAYS, 13)

    assert 4 == len(files)
    assert [] == first.findings == again.findings
    assert {0} == {c.added + c.changed + c.removed for c in again.counts.values()}
    assert [("4711", 120), ("4712", 150), ("4713", 80)] == [(s.cid, s.size_x_mm) for s in skus]
    assert [(0, 2, 120, 180), (1, 1, 80, 250)] == [
        (r.shelf_index, r.facing_x, r.width, r.height) for r in shelves["aisle-4"]
    ]
    assert ("Aisle 3, left", 6) == (display.name, sum(r.facing_x for r in shelves["Aisle 3"]))
