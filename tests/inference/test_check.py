"""A model folder is sound, or it is said why not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.check import check
from inference.runtime import Runtime
from tests.inference import tiny
from tests.inference.jpegs import jpeg

DOTS = [(4, column, tiny.PRODUCT, 40) for column in range(4, 28, 8)]
BOXES = [tiny.box(row, column, green) for row, column, _, green in DOTS]
GOLDEN_BOXES = {"boxes": BOXES, "scores": [1.0] * 3, "labels": [0] * 3, "tolerance_pixels": 2.0}
GOLDEN_EMBEDDING = {"embedding": np.eye(tiny.DIMENSIONS)[0].tolist(), "tolerance_cosine": 0.98}


@pytest.fixture
def with_golden(tmp_path: Path, detector_folder: Path) -> Callable[..., Path]:
    """The tiny detector with a golden photo and an answer."""

    def write(**changes: Any) -> Path:
        folder = tmp_path / "model"
        shutil.copytree(detector_folder, folder)
        (folder / "golden.jpg").write_bytes(jpeg(tiny.photo(256, 192, *DOTS)))
        (folder / "golden.json").write_text(json.dumps(GOLDEN_BOXES | changes))
        return tiny.write_card(folder, tiny.detector_card())

    return write


def test_a_sound_folder_has_no_findings(with_golden: Callable[..., Path], runtime: Runtime):
    """Card, hashes, outputs and golden answer all hold."""
    assert [] == check(with_golden(), runtime)


def test_a_folder_without_golden_files_may_be_sound(detector_folder: Path, runtime: Runtime):
    """They are optional for models of one's own."""
    assert [] == check(detector_folder, runtime)


def test_the_embedder_is_checked_too(embedder_folder: Path, runtime: Runtime):
    """Whatever the task."""
    assert [] == check(embedder_folder, runtime)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"boxes": [[9, 9, 99, 99], *BOXES[1:]]}, "1 of 3 golden boxes are not found"),
        ({"labels": [0, 0, 1]}, "1 boxes are new"),
        (
            {"boxes": BOXES[:2], "labels": [0] * 2, "scores": [1.0] * 2},
            "0 of 2 golden boxes are not found, 1 boxes are new",
        ),
        ({"tolerance_pixels": "wide"}, "golden answer cannot be read"),
    ],
)
def test_another_answer_is_a_finding(
    with_golden: Callable[..., Path], runtime: Runtime, changes: dict[str, Any], finding: str
):
    """A model that no longer answers as it did is not sound."""
    (found,) = check(with_golden(**changes), runtime)

    assert finding in found


def test_altered_files_are_all_named(with_golden: Callable[..., Path], runtime: Runtime):
    """Every file that differs from its hash is one finding."""
    folder = with_golden()
    (folder / "model.bin").unlink()
    (folder / "golden.jpg").write_bytes(b"")

    findings = check(folder, runtime)

    assert {"golden.jpg", "model.bin"} == {finding.split()[0] for finding in findings}


def test_a_wrong_card_is_a_finding(tmp_path: Path, runtime: Runtime):
    """Nothing is thrown at who asks."""
    assert ["model.toml, file"] == [f.split(":")[0] for f in check(tmp_path, runtime)]


def test_outputs_that_do_not_fit_are_a_finding(tmp_path: Path, runtime: Runtime):
    """The decoder in the card cannot read this network."""
    given = {"width": 64, "height": 64}
    card = tiny.detector_card(input=given)

    (found,) = check(tiny.write_folder(tmp_path, tiny.yolo_network(), card), runtime)

    assert "the decoder centre_ltrb wants" in found


@pytest.mark.parametrize(
    ("changes", "finding"),
    [({}, "Cosine to the golden embedding"), ({"embedding": [1.0]}, "has 1 numbers")],
)
def test_another_embedding_is_a_finding(
    tmp_path: Path, embedder_folder: Path, runtime: Runtime, changes: dict[str, Any], finding: str
):
    """An embedder is compared by cosine."""
    folder = tmp_path / "model"
    shutil.copytree(embedder_folder, folder)
    (folder / "golden.jpg").write_bytes(jpeg(tiny.photo(96, 128)))
    (folder / "golden.json").write_text(json.dumps(GOLDEN_EMBEDDING | changes))
    tiny.write_card(folder, tiny.embedder_card())

    (found,) = check(folder, runtime)

    assert finding in found
