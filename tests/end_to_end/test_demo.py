"""The demo is the first thing a new user runs."""

import os
import subprocess
import sys
from pathlib import Path

import up


def test_the_demo_ends_well_and_draws_its_pictures(tmp_path: Path):
    """`gondola demo` exits with 0, prints every report, draws each photo and keeps a panorama."""
    ports = {"GONDOLA_PORT": str(up.free_port()), "GONDOLA_PREFECT_PORT": str(up.free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "demo"],
        env={**os.environ, **ports, "GONDOLA_DATA": str(tmp_path), "COLUMNS": "140"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert 10 == done.stdout.count("s after POST /recognize")
    assert 5 == len(list((tmp_path / "demo/pictures").glob("*.jpg")))
