"""`gondola sql`, `warehouse` and `analytics` on a data folder of their own."""

from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from cli import main
from storage.objects import open_objects
from storage.records import Records
from tests.storage.seen import facing, see


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and a terminal that is wide enough."""
    monkeypatch.setenv("GONDOLA_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def gondola(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments)


def test_from_nothing_to_an_answer(data: Path):
    """Refresh makes the warehouse, analytics asks it, export writes it."""
    assert 0 == gondola("warehouse", "refresh").exit_code
    records = Records(f"sqlite:///{data / 'records.db'}")
    see(records, open_objects((data / "objects").as_uri()), facing(0, 7), retail_chain="Corner")
    records.close()
    assert "1 scenes, 1 facings" in gondola("warehouse", "rebuild").output

    csv = gondola("analytics", "share-of-shelf", "--by", "chain, sku", "--format", "csv")
    told = gondola("warehouse", "export", str(data / "out"))

    expected = "chain,sku,facings,share_of_facings,share_of_space\nCorner,7,1,1.0,1.0\n"
    assert expected == csv.output
    assert 0 == told.exit_code
    assert 1 == pl.read_parquet(data / "out/facings.parquet").height


def test_what_is_left_out_is_named(data: Path):
    """The command ends with 1, and says which scene and which file."""
    gondola("warehouse", "refresh")
    records = Records(f"sqlite:///{data / 'records.db'}")
    objects = open_objects((data / "objects").as_uri())
    scene = see(records, objects, facing(0, 7))
    records.close()
    objects.put(next(k for k in objects.list("facts/") if k.endswith("gaps.parquet")), b"no")

    told = gondola("warehouse", "rebuild")

    assert 1 == told.exit_code
    assert f"Scene {scene}: " in told.output
    assert "gaps.parquet" in told.output


def test_an_answer_is_a_table_or_bytes(data: Path):
    """SQL is answered in every format."""
    gondola("warehouse", "refresh")
    query = "SELECT 1 AS one"

    assert "one" in gondola("sql", query).output
    assert '[{"one":1}]\n' == gondola("sql", query, "--format", "json").output
    parquet = gondola("sql", query, "--format", "parquet").stdout_bytes
    assert [1] == pl.read_parquet(BytesIO(parquet))["one"].to_list()


def test_questions_are_listed(data: Path):
    """Without a question it says which there are."""
    assert "share-of-shelf" in gondola("analytics").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("analytics", "osa"), "gondola warehouse refresh"),
        (("analytics", "osa", "--by", "colour"), "none of chain"),
        (("sql", "SELECT 1"), "gondola warehouse refresh"),
    ],
)
def test_what_is_wrong_is_a_sentence(data: Path, arguments: tuple[str, ...], said: str):
    """Exit code 1 and what to do, no traceback."""
    result = gondola(*arguments)

    assert (1, True) == (result.exit_code, said in result.output)
    assert isinstance(result.exception, SystemExit)
