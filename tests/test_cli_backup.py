"""`gondola backup` on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main


def test_a_backup_names_the_folders_it_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Models and report types of one's own; what is shipped comes with the program."""
    for name in ("my-detector", "my-reports"):
        tmp_path.joinpath(name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONDOLA_DETECTOR", "my-detector")
    monkeypatch.setenv("GONDOLA_REPORTS_DIR", str(tmp_path / "my-reports"))
    for command in (["token", "create", "--name", "a"], ["backup", "kept"]):
        said = CliRunner().invoke(main, command)

    told = [line for line in said.output.splitlines() if "Not in it" in line]
    assert 0 == said.exit_code, said.output
    assert [
        f"Not in it, so keep a copy of your own: {tmp_path / folder} ({variable})."
        for folder, variable in (
            ("my-detector", "GONDOLA_DETECTOR"),
            ("my-reports", "GONDOLA_REPORTS_DIR"),
        )
    ] == told
