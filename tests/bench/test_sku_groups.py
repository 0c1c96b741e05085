"""No embedder judges a SKU or a scene that it was trained on."""

from collections import Counter
from pathlib import Path

import pytest

from bench.accuracy.folds import Refused
from bench.accuracy.newest import newest_embedder
from bench.accuracy.photos import labelled_shelves
from bench.accuracy.skus.groups import Group, groups, judges
from bench.accuracy.skus.products import product_photos
from tests.bench.boxes import shelf
from tests.bench.cards import write_card

GROUPS = [
    Group(0, frozenset({"apple"}), frozenset({"a"})),
    Group(1, frozenset({"pear"}), frozenset({"b"})),
]
PHOTOS = [shelf(name="a1.jpg", scene="a"), shelf(name="b1.jpg", scene="b")]
Saw = tuple[list[str] | None, list[str] | None]  # real_photos, real_skus


def embedder(folder: Path, saw: Saw) -> Path:
    """A card that says which photos and SKUs it saw; None = it does not say."""
    write_card(folder, saw[0], saw[1], model=newest_embedder())
    return folder


def refusal(folder: Path, *saw: Saw) -> str:
    """The sentence of the refusal, with one held-out embedder per group."""
    shipped = embedder(folder / "shipped", (["a1.jpg", "b1.jpg"], []))
    for number, each in enumerate(saw):
        embedder(folder / f"sku-embedder-{number}", each)
    with pytest.raises(Refused) as caught:
        judges(folder, shipped, GROUPS, PHOTOS)
    return str(caught.value)


def test_every_sku_and_scene_is_in_one_group():
    """31 SKUs and 16 scenes, each once."""
    skus = Counter(sku for group in groups() for sku in group.skus)
    scenes = Counter(scene for group in groups() for scene in group.scenes)

    assert dict.fromkeys({photo.sku for photo in product_photos()}, 1) == skus
    assert dict.fromkeys({photo.scene for photo in labelled_shelves()}, 1) == scenes


def test_groups_are_alike():
    """10 or 11 SKUs and a third of the facings each, no SKU of the shelves in two of them."""
    facings: dict[int, Counter[str]] = {group.number: Counter() for group in groups()}
    for photo in labelled_shelves():
        number = next(group.number for group in groups() if photo.scene in group.scenes)
        facings[number].update(sku for sku in photo.facing_skus if sku)
    sizes = [counted.total() for counted in facings.values()]

    assert [10, 11, 10] == [len(group.skus) for group in groups()]
    assert max(sizes) <= 1.05 * min(sizes)
    assert sum(map(len, facings.values())) == len(set().union(*facings.values()))


def test_who_saw_no_photo_judges_all(tmp_path: Path):
    """An embedder of drawn products alone needs nothing held out."""
    shipped = embedder(tmp_path / "drawn", ([], None))

    found = judges(tmp_path / "nowhere", shipped, GROUPS, PHOTOS)

    assert [("drawn", [0, 1])] == [(j.folder.name, [g.number for g in j.groups]) for j in found]


def test_each_group_gets_its_embedder(tmp_path: Path):
    """Those that saw only the other group are taken."""
    shipped = embedder(tmp_path / "shipped", (["a1.jpg"], []))
    embedder(tmp_path / "sku-embedder-0", (["b1.jpg"], ["pear"]))
    embedder(tmp_path / "sku-embedder-1", ([], ["apple", "plum"]))

    found = judges(tmp_path, shipped, GROUPS, PHOTOS)

    assert [("sku-embedder-0", [0]), ("sku-embedder-1", [1])] == [
        (judge.folder.name, [group.number for group in judge.groups]) for judge in found
    ]


def test_who_saw_a_photo_of_the_group_is_refused(tmp_path: Path):
    """The scene it judges is in its card."""
    assert "was trained on a1.jpg" in refusal(tmp_path, (["a1.jpg"], []), ([], []))


def test_who_saw_a_sku_of_the_group_is_refused(tmp_path: Path):
    """The product it judges is in its card."""
    assert "was trained on pear" in refusal(tmp_path, ([], []), ([], ["apple", "pear"]))


def test_a_card_that_does_not_say_is_refused(tmp_path: Path):
    """Silence about photos is no proof, silence about SKUs neither."""
    assert "does not say what it was trained on" in refusal(tmp_path, (None, []), ([], []))
    assert "does not say what it was trained on" in refusal(tmp_path, (["b1.jpg"], None), ([], []))


def test_a_missing_embedder_is_named(tmp_path: Path):
    """The command names the folder and the way to it."""
    said = refusal(tmp_path, ([], []))

    assert "sku-embedder-1 is no embedder" in said
    assert "Train the held-out embedders" in said


def test_a_detector_is_no_judge(tmp_path: Path):
    """The folder of another model is named, with what it is."""
    write_card(tmp_path / "detector", [])

    with pytest.raises(Refused, match="is no embedder, its card says: detect"):
        judges(tmp_path, tmp_path / "detector", GROUPS, PHOTOS)
