"""Report types of a customer's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import reports
from flows.reports.own import BadReportFile
from tests.reports.frames import frame

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "docs/reports.md").read_text().split("```python\n")[1].split("```")[0]


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    """Afterwards only the shipped types are known."""
    yield
    reports.use(None)


def write(folder: Path, text: str, name: str = "brand_count.py") -> Path:
    """One file in a folder of report types."""
    (folder / name).write_text(text)
    return folder


def test_the_documented_example_is_a_report_type(tmp_path: Path):
    """As it stands in docs/reports.md, with the answer that stands there."""
    reports.use(write(tmp_path, EXAMPLE))
    facings = "sku_id duplicate\n" + "7 false\n" * 6 + "7 true\n8 false"
    skus = "sku_id brand\n7 Sunny\n8 -"

    answer = reports.by_name("BRAND_COUNT").render(
        {"facings": frame("facings", facings), "skus": frame("skus", skus)}
    )

    assert b'[{"brand":"Sunny","count":6}]' == answer


def test_own_types_stand_beside_the_shipped_ones(tmp_path: Path):
    """Clients ask for them by name, as for the others; files with _ in front are left out."""
    write(tmp_path, "raise ValueError", "_draft.py")

    reports.use(write(tmp_path, EXAMPLE))

    assert "BRAND_COUNT" == reports.canonical("BRAND_COUNT")
    assert [*reports.NAMES, "BRAND_COUNT"] == [report.name for report in reports.known()]
    assert "BRAND_COUNT" in reports.possible([])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x =", "SyntaxError"),
        ("import nothing_of_that_name", "nothing_of_that_name"),
        ("REPORT = 1", r"define REPORT = Report\(\.\.\.\)"),
        (EXAMPLE.replace("skus:", "weather:"), "weather"),
        (EXAMPLE.replace('"BRAND_COUNT"', '"Brand count"'), "'Brand count' is not like"),
        (EXAMPLE.replace('"BRAND_COUNT"', '"REALOGRAM"'), "REALOGRAM already"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, reason: str):
    """With what is wrong in it, before anything starts."""
    with pytest.raises(BadReportFile, match=rf"brand_count\.py: .*{reason}"):
        reports.use(write(tmp_path, text))


def test_a_missing_folder_is_named(tmp_path: Path):
    """A wrong path is no empty folder."""
    with pytest.raises(BadReportFile, match=r"no folder .*/nowhere"):
        reports.use(tmp_path / "nowhere")


def test_what_is_possible_depends_on_master_data():
    """Types that compare with a plan are made when there is one."""
    always, planned = reports.possible([]), reports.possible(["display", "planogram", "must_have"])

    assert {"FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"} <= set(always) <= set(planned)
    assert list(reports.NAMES) == planned
