"""Confirmed facings become references."""

from typing import Any

import numpy as np
import pytest

from flows.learn_references import PER_SKU, learn_references
from flows.resources import Resources
from storage import facings, references
from storage.references import PICTURE
from tests.api import recognised
from tests.api.conftest import Gondola


def confirmed(
    gondola: Gondola, tools: Resources, sku_id: int, angles: list[float], embedder: str = ""
) -> str:
    """A scene whose facings, seen at these angles of a circle, are confirmed to be a SKU."""
    boxes = [{"x1": float(n), "confidence": 0.6} for n in range(len(angles))]
    scene, image = recognised.answerable(gondola, *boxes)
    vectors = np.zeros((len(angles), 4))
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    recognised.write_embeddings(gondola, scene, image, vectors, embedder or tools.embedder_key)
    for n in range(len(angles)):
        gondola.post(f"/scenes/{scene}/facings/{n}/confirm/", json={"sku": sku_id})
    return scene


def lefts(gondola: Gondola, sku_id: int) -> list[int]:
    """The left sides of the references of a SKU, which number its facings."""
    with gondola.records.reading() as tx:
        return sorted(r.box[0] for r in references.of_sku(tx, sku_id) if r.box)


def test_the_most_different_facings_are_learned(gondola: Gondola, tools: Resources):
    """Near doubles are left out."""
    sku = recognised.add_sku(gondola, "Lime")
    confirmed(gondola, tools, sku, [0, 0.01, 0.02, 1.0, 1.01, 2.0, 2.01, 3.0, 4.0])
    (learned,) = learn_references(tools)

    assert (sku, "Lime", 0, PER_SKU, 4) == (
        learned.sku_id, learned.name, learned.had, len(learned.chosen), learned.left,
    )  # fmt: skip
    groups = [{0, 1, 2}, {3, 4}, {5, 6}, {7}, {8}]
    assert all(len(group & set(lefts(gondola, sku))) == 1 for group in groups)


def test_nothing_is_learned_twice(gondola: Gondola, tools: Resources):
    """Not even what was removed since: somebody did not want it."""
    sku = recognised.add_sku(gondola, "Lime")
    confirmed(gondola, tools, sku, [0, 1])
    learn_references(tools)
    with gondola.records.transaction() as tx:
        unwanted = references.of_sku(tx, sku)[0]
        references.remove(tx, sku, unwanted.id)

    assert [] == learn_references(tools)
    assert 1 == len(lefts(gondola, sku))


def test_a_sku_is_full_at_some_point(gondola: Gondola, tools: Resources):
    """Pictures that do not come from shelves do not count."""
    sku = recognised.add_sku(gondola, "Lime")
    image = gondola.image()
    with gondola.records.transaction() as tx:
        references.add(tx, sku, image, source=PICTURE, now=gondola.clock.now)
    confirmed(gondola, tools, sku, [0, 1, 2])
    learn_references(tools)
    confirmed(gondola, tools, sku, [3, 4, 5])
    (second,) = learn_references(tools)

    assert (3, 2, 1) == (second.had, len(second.chosen), second.left)


def test_an_answer_that_changes_meanwhile_is_not_learned(
    gondola: Gondola, tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """The former one would be a wrong reference; the new one waits for the next time."""
    lime, lemon = (recognised.add_sku(gondola, name) for name in ("Lime", "Lemon"))
    scene = confirmed(gondola, tools, lime, [0, 1])
    read = facings.vectors

    def read_slowly(*args: Any) -> dict[tuple[int, int], bytes]:
        gondola.post(f"/scenes/{scene}/facings/0/confirm/", json={"sku": lemon})
        return read(*args)

    monkeypatch.setattr(facings, "vectors", read_slowly)
    learn_references(tools)

    assert ([1], []) == (lefts(gondola, lime), lefts(gondola, lemon))
    assert [lemon] == [learned.sku_id for learned in learn_references(tools)]


def test_a_dry_run_changes_nothing(gondola: Gondola, tools: Resources):
    """It only tells."""
    sku = recognised.add_sku(gondola, "Lime")
    confirmed(gondola, tools, sku, [0, 1])
    told = [learn_references(tools, dry_run=True) for _ in range(2)]

    assert [2, 2] == [len(learned.chosen) for (learned,) in told]
    assert [] == lefts(gondola, sku)


def test_facings_of_another_embedder_are_learned_last(gondola: Gondola, tools: Resources):
    """What they look like is not known; the newest come first."""
    sku = recognised.add_sku(gondola, "Lime")
    confirmed(gondola, tools, sku, [0, 1, 2, 3], embedder="former-1+aa")
    confirmed(gondola, tools, sku, [0, 1, 2])
    learn_references(tools)

    assert [0, 1, 2, 2, 3] == lefts(gondola, sku)


def test_every_sku_learns_for_itself(gondola: Gondola, tools: Resources):
    """Five each."""
    skus = [recognised.add_sku(gondola, name) for name in ("Lime", "Lemon")]
    for sku in skus:
        confirmed(gondola, tools, sku, [0, 1, 2, 3, 4, 5])

    assert [(sku, PER_SKU) for sku in skus] == [
        (learned.sku_id, len(learned.chosen)) for learned in learn_references(tools)
    ]
