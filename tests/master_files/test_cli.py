"""`gondola import` and `gondola export-master-data`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own."""
    monkeypatch.setenv("GONDOLA_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, words)


def test_files_go_in_and_out():
    """The tables say how many rows."""
    Path("skus.csv").write_text("cid,name\n1,Oats\n2,Oil\n")
    planned, done = run("import", "--dry-run", "skus.csv"), run("import", "skus.csv")
    exported = run("export-master-data", "out")

    assert [0, 0, 0] == [one.exit_code for one in (planned, done, exported)]
    assert ("Would import" in planned.stdout, "Imported" in done.stdout) == (True, True)
    assert "out/sku.csv  2 rows" in exported.stdout
    assert 3 == len(Path("out/sku.csv").read_text().splitlines())


def test_a_wrong_file_ends_with_what_is_wrong():
    """Also a wrong kind; no traceback."""
    Path("skus.csv").write_text("cid,name\n1,\n")
    wrong, odd = run("import", "skus.csv"), run("import", "--kind", "shelf", "skus.csv")

    assert (1, 1) == (wrong.exit_code, odd.exit_code)
    assert "skus.csv, line 2: name: This field is required." in wrong.stdout
    assert "nothing was imported" in wrong.stdout
    assert "There is no kind shelf." in odd.stdout
