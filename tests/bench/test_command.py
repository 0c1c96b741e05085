"""`python -m bench.accuracy` from the photos to figures, tables and the picture."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bench.accuracy import speed
from bench.accuracy.__main__ import main
from bench.accuracy.newest import newest_detector
from bench.accuracy.report import put_between_markers
from tests.bench.cards import write_card

ROOT = Path(__file__).parents[2]
KEYS = [
    "product_ap50",
    "product_ap",
    "product_recall",
    "tag_ap50",
    "facing_count_error_median",
    "shelf_assignment",
    "photo_12mp_ms",
    "more",
]
PHOTOS = ["cc0_017.jpg", "no_IMG_20180105_175637.jpg"]


@pytest.fixture
def held_out(tmp_path: Path) -> Path:
    """The shipped detector, passed off as the held-out detector of two photos."""
    folder = tmp_path / "held_out"
    shutil.copytree(newest_detector(), folder / "one")
    write_card(folder / "one", real_photos=[])
    (folder / "folds.json").write_text(json.dumps(dict.fromkeys(PHOTOS, "one")))
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The shipped detector, said to have been trained on one of the photos."""
    folder = tmp_path / "shipped"
    shutil.copytree(newest_detector(), folder)
    write_card(folder, real_photos=PHOTOS[:1])
    return folder


def test_the_command_measures_and_draws(
    held_out: Path, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Two photos give the promised keys, tables in the docs and a picture sheet."""
    monkeypatch.setattr(speed, "REPEATS", 2)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/benchmarks.md", tmp_path / "docs")
    models = ["--held-out", held_out, "--shipped", shipped]
    folders = [*models, "--out", tmp_path / "results", "--docs", tmp_path / "docs"]

    main([*map(str, folders), "--photo", *PHOTOS])

    measured = json.loads((tmp_path / "results/detector.json").read_text())
    assert KEYS == list(measured)
    assert all(0 < measured[key] <= 1 for key in KEYS[:4])
    assert 0.9 < measured["shelf_assignment"] <= 1
    assert 1 < measured["photo_12mp_ms"]
    assert PHOTOS == list(measured["more"]["photos"])
    assert "| `cc0_017.jpg` | boxes |" in (tmp_path / "docs/benchmarks.md").read_text()
    with Image.open(tmp_path / "docs/pictures/detector-worst.jpg") as sheet:
        assert 2200 == sheet.width


def test_without_held_out_detectors_it_says_what_to_do(tmp_path: Path, shipped: Path):
    """A sentence, no traceback."""
    with pytest.raises(SystemExit, match="Train the held-out detectors"):
        main(["--held-out", str(tmp_path / "nowhere"), "--shipped", str(shipped)])


def test_the_newest_detector_is_a_model_folder():
    """Versions are compared as numbers."""
    assert (newest_detector() / "model.toml").exists()


def test_only_what_is_between_the_markers_changes():
    """The rest of the page stays as a person wrote it."""
    page = (ROOT / "docs/benchmarks.md").read_text()

    once = put_between_markers(page, "figures\n")

    assert once == put_between_markers(put_between_markers(page, "other\n"), "figures\n")
    assert "\nfigures\n" in once
    assert page.split("\n", 1)[0] == once.split("\n", 1)[0]
