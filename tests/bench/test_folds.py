"""A held-out detector judges no scene it was trained on."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.accuracy.folds import JUDGES, Refused, folds, held_out_folds, judges
from bench.accuracy.photos import LabelledShelf
from tests.bench.boxes import shelf
from tests.bench.cards import write_card

PHOTOS = [
    shelf(name="a1.jpg", scene="a"),
    shelf(name="a2.jpg", scene="a"),
    shelf(name="b.jpg", scene="b"),
]


def held_out(folder: Path, fold_of: dict[str, str], **real_photos: list[str] | None) -> Path:
    """Write `folds.json` and a card per fold, None = it does not say what it saw."""
    (folder / "folds.json").write_text(json.dumps(fold_of))
    for fold, names in real_photos.items():
        write_card(folder / fold, names)
    return folder


def refusal(folder: Path, photos: list[LabelledShelf] = PHOTOS) -> str:
    """The sentence of the refusal."""
    with pytest.raises(Refused) as caught:
        held_out_folds(folder, photos, PHOTOS)
    return str(caught.value)


def test_every_scene_has_one_judge_and_every_judge_as_many_scenes():
    """Sixteen scenes, four for each; the order in which they come does not matter."""
    scenes = [f"scene {n:02}" for n in range(16)]

    assert [4] * JUDGES == list(Counter(judges(scenes).values()).values())
    assert judges(scenes) == judges([*reversed(scenes), *scenes])


def test_each_fold_gets_its_photos(tmp_path: Path):
    """Detectors that saw only other scenes are taken."""
    fold_of = {"a1.jpg": "no_a", "a2.jpg": "no_a", "b.jpg": "no_b"}
    folder = held_out(tmp_path, fold_of, no_a=["b.jpg"], no_b=["a1.jpg", "a2.jpg", "other.jpg"])

    folds = held_out_folds(folder, PHOTOS, PHOTOS)

    assert [("no_a", ["a1.jpg", "a2.jpg"]), ("no_b", ["b.jpg"])] == [
        (fold.folder.name, [photo.name for photo in fold.photos]) for fold in folds
    ]


def test_who_saw_no_photo_judges_all(tmp_path: Path):
    """A detector of drawn shelves alone needs no scene held out; any other does."""
    held_out(tmp_path, {p.name: "rest" for p in PHOTOS}, rest=[], drawn=[], tuned=["b.jpg"])

    judges = [folds(tmp_path, tmp_path / name, PHOTOS, PHOTOS) for name in ("drawn", "tuned")]

    assert [["drawn"], ["rest"]] == [[fold.folder.name for fold in found] for found in judges]


def test_a_detector_that_saw_the_photo_is_refused(tmp_path: Path):
    """The photo it judges is in its card."""
    folder = held_out(tmp_path, {p.name: "all" for p in PHOTOS}, all=["b.jpg"])

    assert "was trained on b.jpg" in refusal(folder)


def test_a_detector_that_saw_another_photo_of_the_scene_is_refused(tmp_path: Path):
    """a1 overlaps a2: who saw a2 may not judge a1, even when a2 is not judged at all."""
    folder = held_out(tmp_path, {"a1.jpg": "leaky"}, leaky=["a2.jpg"])

    assert "was trained on a2.jpg" in refusal(folder, PHOTOS[:1])


def test_a_card_that_does_not_say_is_refused(tmp_path: Path):
    """Silence is no proof."""
    folder = held_out(tmp_path, {p.name: "all" for p in PHOTOS}, all=None)

    assert "list their file names as real_photos" in refusal(folder)


def test_every_photo_needs_a_detector(tmp_path: Path):
    """A photo left out would flatter the figures."""
    folder = held_out(tmp_path, {"a1.jpg": "all", "b.jpg": "all"}, all=[])

    assert "names no detector for a2.jpg" in refusal(folder)


def test_a_missing_folder_says_what_to_do(tmp_path: Path):
    """Without held-out detectors the command names the way to them."""
    assert "Train the held-out detectors" in refusal(tmp_path / "nowhere")


def test_a_missing_detector_is_named(tmp_path: Path):
    """A fold without a model folder."""
    folder = held_out(tmp_path, {p.name: "gone" for p in PHOTOS})

    assert "gone is no detector" in refusal(folder)
