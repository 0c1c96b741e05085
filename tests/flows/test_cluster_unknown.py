"""Unknown facings of many scenes become products."""

from pathlib import Path

import numpy as np
import pytest

from flows.cluster_unknown import update_products
from flows.resources import Resources
from settings import Settings
from storage import doubts, scenes, unknown
from storage.doubts import UNKNOWN, Doubt
from tests.api import recognised
from tests.api.conftest import MASTER_KEY, Gondola, start
from tests.inference import tiny


def scene_with(gondola: Gondola, tools: Resources, *directions: int, embedder: str = "") -> str:
    """A scene of unknown facings, each nearly in one of the directions of the embedding."""
    scene, image = recognised.answerable(gondola, *({} for _ in directions))
    vectors = np.eye(tools.embedder_card.dimensions)[list(directions)]
    vectors += 0.1 * np.eye(len(vectors[0]))[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    recognised.write_embeddings(gondola, scene, image, vectors, embedder or tools.embedder_key)
    with gondola.records.transaction() as tx:
        found = scenes.by_scene(tx, scene)
        unknowns = [Doubt(n, UNKNOWN, None, 0.0) for n in range(len(directions))]
        doubts.replace(tx, found.id, 1, unknowns, now=gondola.clock.now)
    return scene


def products(gondola: Gondola) -> dict[int, int]:
    """Facings of each open product."""
    with gondola.records.reading() as tx:
        return {one.id: one.seen for one in unknown.page(tx, newest=False, limit=99, offset=0)[1]}


def test_facings_that_look_alike_are_one_product(gondola: Gondola, tools: Resources):
    """Across scenes."""
    scene_with(gondola, tools, 1, 2, 1)
    scene_with(gondola, tools, 1, 2)

    assert (5, 2) == update_products(tools)
    assert {1: 3, 2: 2} == products(gondola)


def test_ids_stay_when_facings_come(gondola: Gondola, tools: Resources):
    """Members are added, new products get new numbers."""
    scene_with(gondola, tools, 1, 2)
    update_products(tools)
    scene_with(gondola, tools, 3, 2)
    update_products(tools)

    assert {1: 1, 2: 2, 3: 1} == products(gondola)


def test_without_news_nothing_is_done(gondola: Gondola, tools: Resources):
    """The schedule may run as often as it likes."""
    assert update_products(tools) is None
    scene_with(gondola, tools, 1)
    update_products(tools)

    assert update_products(tools) is None


def test_facings_of_another_embedder_wait(gondola: Gondola, tools: Resources):
    """They are no news; they stay without a product."""
    scene_with(gondola, tools, 1, embedder="former-1+aa")
    assert update_products(tools) is None
    scene_with(gondola, tools, 1)

    assert (1, 1) == update_products(tools)


def test_a_product_is_shown_by_five_facings(gondola: Gondola, tools: Resources):
    """At most."""
    scene_with(gondola, tools, *[1] * 9, 2)
    update_products(tools)
    with gondola.records.reading() as tx:
        shown = unknown.pictures(tx, [1, 2])

    assert [5, 1] == [len(refs) for refs in shown.values()]


def test_what_was_ignored_stays_ignored(gondola: Gondola, tools: Resources):
    """New facings that look like it join it."""
    scene_with(gondola, tools, 1)
    update_products(tools)
    gondola.post("/unknown/1/sku/", json={"ignore": True})
    scene_with(gondola, tools, 1, 2)
    update_products(tools)

    assert {2: 1} == products(gondola)


def test_a_slower_run_changes_nothing(
    gondola: Gondola, tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """Two at once must not make every product twice."""
    scene_with(gondola, tools, 1, 2)
    raced = unknown.members

    def race(*args: object, **more: object) -> object:
        found = raced(*args, **more)  # type: ignore[arg-type]
        monkeypatch.setattr("storage.unknown.members", raced)
        assert update_products(tools) == (2, 2)
        return found

    monkeypatch.setattr("storage.unknown.members", race)

    assert update_products(tools) is None
    assert {1: 1, 2: 1} == products(gondola)


def test_the_same_facings_make_the_same_products(tmp_path: Path):
    """Whatever machine looks at them."""
    seen = []
    for name in ("one", "two"):
        folder = tiny.write_folder(tmp_path / name, tiny.embedder_network(), tiny.embedder_card())
        settings = Settings(
            data=str(tmp_path / name / "data"), master_key=MASTER_KEY, embedder=str(folder)
        )
        tools = Resources(settings)
        with start(tmp_path / name / "data") as gondola:
            scene_with(gondola, tools, 3, 1, 2, 1)
            scene_with(gondola, tools, 2, 2, 3)
            update_products(tools)
            with gondola.records.reading() as tx:
                members = unknown.members(tx, limit=99)
            seen.append([(one.doubt_id, one.product_id, one.rank) for one in members])
        tools.records.close()

    assert seen[0] == seen[1]
