"""`python -m bench.accuracy.skus` from the photos to figures, tables and the picture."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bench.accuracy.newest import newest_embedder
from bench.accuracy.skus import draws, speed
from bench.accuracy.skus.__main__ import main
from tests.bench.cards import write_card

ROOT = Path(__file__).parents[2]
SHARES = [
    "unseen_1shot_top1",
    "unseen_1shot_top5",
    "unseen_5shot_top1",
    "shelf_to_shelf_top1",
    "precision_at_threshold",
    "coverage_at_threshold",
    "open_set_false_names",
]


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The shipped embedder, said to have seen no photo."""
    folder = tmp_path / "shipped"
    shutil.copytree(newest_embedder(), folder)
    write_card(folder, [], [], model=newest_embedder())
    return folder


def test_the_command_measures_and_draws(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The promised keys, tables in the docs and a picture sheet."""
    monkeypatch.setattr(draws, "DRAWS", 2)
    monkeypatch.setattr(speed, "REPEATS", 2)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/benchmarks.md", tmp_path / "docs")
    folders = ["--shipped", shipped, "--out", tmp_path / "results", "--docs", tmp_path / "docs"]

    main([*map(str, folders)])

    measured = json.loads((tmp_path / "results/sku.json").read_text())
    page = (tmp_path / "docs/benchmarks.md").read_text()
    assert [*SHARES, "facing_count_error", "embed_500_s", "more"] == list(measured)
    assert all(0 < measured[key] <= 1 for key in SHARES)
    assert measured["unseen_1shot_top1"] < measured["unseen_5shot_top1"]
    assert measured["unseen_1shot_top1"] < measured["unseen_1shot_top5"]
    assert measured["embed_500_s"] > 0
    assert 0 < measured["more"]["colours_alone"]["unseen_1shot_top1"]["value"] < 1
    assert "| unseen SKUs, 1 reference photo: top-1 |" in page
    assert "<!-- make bench-accuracy writes from here -->" in page
    with Image.open(tmp_path / "docs/pictures/sku-confusions.jpg") as sheet:
        assert sheet.height > 1000


def test_without_held_out_embedders_it_says_what_to_do(tmp_path: Path, shipped: Path):
    """A sentence, no traceback."""
    write_card(shipped, ["cc0_017.jpg"], [], model=newest_embedder())

    with pytest.raises(SystemExit, match="Train the held-out embedders"):
        main(["--held-out", str(tmp_path / "nowhere"), "--shipped", str(shipped)])
