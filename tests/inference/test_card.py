"""Cards are read, and wrong ones name the field."""

from pathlib import Path
from typing import Any

import pytest

from inference.card import MODELS, DetectorCard, EmbedderCard, load_card, model_folder
from inference.errors import BadCard, BadModel
from tests.inference import tiny

LOOK = {"typical_side": 30, "score": 0.5, "most": 1920}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files to hash; none of them is a network."""
    (tmp_path / "model.xml").write_text("graph")
    (tmp_path / "model.bin").write_bytes(b"weights")
    return tmp_path


def test_a_detector_card_is_read(folder: Path):
    """Every field arrives, the defaults too."""
    card = load_card(tiny.write_card(folder, tiny.detector_card()), verify=True)

    assert isinstance(card, DetectorCard)
    assert ("detect", "tiny-detector-1.2.3") == (card.task, card.id)
    assert (256, 32, "fit") == (card.input.long_side, card.input.multiple, card.input.resize)
    assert ("product", "price_tag") == card.output.labels
    assert 0.5 == card.training["figures"]["AP"]


def test_an_embedder_card_is_read(folder: Path):
    """The task chooses what the card must hold."""
    card = load_card(tiny.write_card(folder, tiny.embedder_card()))

    assert isinstance(card, EmbedderCard)
    assert ("embed", 12, 0.9) == (card.task, card.output.dimensions, card.thresholds.match)


def test_an_ambiguous_product_is_not_named(tmp_path: Path):
    """The threshold of what is ambiguous lies below that of what is named."""
    thresholds = {"match": 0.6, "ambiguous": 0.7}
    card = tiny.embedder_card(thresholds=thresholds)
    tiny.write_folder(tmp_path, tiny.embedder_network(), card)

    with pytest.raises(BadCard, match=r"thresholds\.ambiguous"):
        load_card(tmp_path)


def test_a_look_is_a_part_of_the_box(tmp_path: Path):
    """Nothing can be seen between a right and a left edge."""
    given = {"width": 96, "height": 128, "looks": [[0.6, 0.0, 0.6, 1.0]]}
    card = tiny.embedder_card(input=given)
    tiny.write_folder(tmp_path, tiny.embedder_network(), card)

    with pytest.raises(BadCard, match=r"input\.looks"):
        load_card(tmp_path)


def test_a_neighbour_cannot_be_unlike_and_alike(tmp_path: Path):
    """What is alike lies above what is unlike."""
    given = {"unlike": 0.9, "alike": 0.9, "together": 0.8, "apart": 0.5, "beside": 0.5, "size": 2.0}
    card = tiny.embedder_card(neighbours=given)
    tiny.write_folder(tmp_path, tiny.embedder_network(), card)

    with pytest.raises(BadCard, match=r"neighbours\.unlike"):
        load_card(tmp_path)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"task": "segment"}, "task"),
        ({"name": ""}, "name"),
        ({"version": 1}, "version"),
        ({"input": {"long_side": "large"}}, "input.long_side"),
        ({"input": {"long_side": 0}}, "input.long_side"),
        ({"input": {"long_side": 640, "colour": "BRG"}}, "input.colour"),
        ({"input": {"long_side": 640, "longside": 640}}, "input"),
        ({"input": {"width": 640}}, "input"),
        ({"input": {}}, "input"),
        ({"input": {"long_side": 9, "width": 9, "height": 9}}, "input"),
        ({"input": {"long_side": 9, "closer_look": {"typical_side": 30}}}, "input.closer_look"),
        ({"input": {"width": 9, "height": 9, "closer_look": LOOK}}, "input"),
        ({"input": {"width": 9, "height": 9, "more_long_sides": [9]}}, "input"),
        ({"input": {"width": 9, "height": 9, "mirrored_long_sides": [9]}}, "input"),
        ({"output": {"labels": []}}, "output.labels"),
        ({"thresholds": {"score": 1.5, "nms_iou": 0.5}}, "thresholds.score"),
        ({"thresholds": {"score": 0.5}}, "thresholds"),
        ({"files": {"model.bin": "0"}}, "files"),
        ({"files": {"model.xml": "0"}}, "files"),
        ({"files": {"model.onnx": "0", "../secret": "0"}}, "files"),
        ({"surprise": 1}, "file"),
    ],
)
def test_a_wrong_field_is_named(folder: Path, changes: dict[str, Any], field: str):
    """The error carries the field, and its message too."""
    tiny.write_card(folder, tiny.detector_card(**changes))

    with pytest.raises(BadCard, match=f"model.toml, {field}: ") as refused:
        load_card(folder)

    assert field == refused.value.field


@pytest.mark.parametrize("text", ["name = ", "\xff", ""])
def test_what_is_no_toml_is_refused(folder: Path, text: str):
    """A garbled card is a bad card, not a crash."""
    (folder / "model.toml").write_bytes(text.encode("latin-1"))

    with pytest.raises(BadCard):
        load_card(folder)


def test_a_missing_card_is_refused(tmp_path: Path):
    """The message says where it should be."""
    with pytest.raises(BadCard, match="no readable"):
        load_card(tmp_path / "nowhere")


def test_an_altered_file_is_refused(folder: Path):
    """One changed byte in the weights, and the folder is no longer the model it says."""
    tiny.write_card(folder, tiny.detector_card())
    (folder / "model.bin").write_bytes(b"weightz")

    with pytest.raises(BadModel, match=r"model\.bin has sha256 .* its card says"):
        load_card(folder, verify=True)


def test_a_missing_file_is_refused(folder: Path):
    """The message names the file."""
    tiny.write_card(folder, tiny.detector_card())
    (folder / "model.bin").unlink()

    with pytest.raises(BadModel, match=r"model\.bin is missing"):
        load_card(folder, verify=True)


def test_models_are_found_by_name_or_folder(tmp_path: Path):
    """What is no shipped model is a path."""
    assert tmp_path == model_folder(str(tmp_path))
    assert all(folder == model_folder(folder.name) for folder in MODELS.glob("*-*"))
