"""References are drawn fairly, and nothing is asked for that its reference gives away."""

from pathlib import Path

import numpy as np
import pytest

from bench.accuracy.skus import draws
from bench.accuracy.skus.answers import ask, ask_without_own
from bench.accuracy.skus.draws import all_other_runs, shelf_to_shelf, unseen
from bench.accuracy.skus.items import Embedded, Items
from inference.card import EmbedderCard, EmbedderInput, EmbedderOutput
from inference.card import EmbedderThresholds as Thresholds
from inference.confidence import Confidence

# Confidence is above the threshold from a cosine of 0.5 on.
CARD = EmbedderCard(
    name="toy",
    version="1",
    licence="CC0-1.0",
    origin="by hand",
    files={"model.onnx": ""},
    input=EmbedderInput(width=8, height=8),
    output=EmbedderOutput(dimensions=8),
    thresholds=Thresholds(match=0.5, ambiguous=0.1),
    confidence=Confidence(intercept=-5, cosine=10, margin=0),
)
SKUS = [0, 0, 0, 1, 1, 2]
RUNS = [0, 0, 1, 2, 3, 4]
EVERYTHING = np.ones(len(SKUS), np.bool_)


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch):
    """Enough to meet every reference."""
    monkeypatch.setattr(draws, "DRAWS", 30)


def toy(vectors: np.ndarray, skus: list[int] = SKUS, runs: list[int] = RUNS) -> Embedded:
    """Items with these vectors."""
    return Embedded(
        Items(
            names=tuple(f"sku {n}" for n in range(max(skus) + 1)),
            skus=np.array(skus),
            runs=np.array(runs),
            photos=(Path("photo.jpg"),) * len(skus),
            boxes=np.zeros((len(skus), 4), np.float32),
            scenes=("scene",) * len(skus),
        ),
        vectors.astype(np.float32),
    )


def perfect(skus: list[int] = SKUS) -> Embedded:
    """Every SKU has a direction of its own."""
    return toy(np.eye(8)[skus])


def test_a_perfect_embedder_is_always_right():
    """All figures of a perfect embedder are perfect, and all it knows is named."""
    known, strange = shelf_to_shelf(perfect(), EVERYTHING, CARD)

    assert known.right.all()
    assert known.named.all()
    assert not strange.right.any()
    assert not strange.named.any()


def test_no_question_is_of_the_run_of_its_reference():
    """Facings 0 and 1 stand together: neither is the other's reference."""
    known, _ = shelf_to_shelf(perfect(), EVERYTHING, CARD)
    own_reference = known.pictures[:, 1]

    assert not (np.array(RUNS)[known.asked] == np.array(RUNS)[own_reference]).any()
    assert {0, 1, 2, 3, 4} == set(known.asked.tolist())  # 5 has no other run


def test_strange_facings_are_all_of_the_group():
    """Every judged facing is asked for without its SKU, also those of a single run."""
    judged = np.array([False, False, False, True, True, True])

    known, strange = shelf_to_shelf(perfect(), judged, CARD)

    assert {3, 4} == set(known.asked.tolist())
    assert {3, 4, 5} == set(strange.asked.tolist())


def test_the_gallery_of_unseen_products_holds_the_group_alone():
    """SKU 0 is of another group: it is neither asked for nor a candidate."""
    answers = unseen(perfect(), np.array(SKUS) > 0, CARD, shots=1)

    assert {1} == set(answers.sku.tolist())  # the one photo of SKU 2 is its reference
    assert {1, 2, -1} == set(answers.candidates.ravel().tolist())


def test_a_reference_is_not_asked_for():
    """Two of three photos of SKU 0 are references, the third is the question."""
    skus = [0, 0, 0, 1, 1]

    answers = unseen(
        toy(np.eye(8)[skus], skus, list(range(5))), np.ones(5, np.bool_), CARD, shots=2
    )

    assert (30,) == answers.sku.shape
    assert {0} == set(answers.sku.tolist())


def test_a_look_alike_is_named_when_the_sku_is_not_there():
    """SKU 1 is nearly SKU 0: without SKU 0, a facing of it is taken for SKU 1."""
    vectors = np.eye(8)[[0, 0, 0, 1, 1, 2]]
    vectors[3:5] = [0.8, 0.6, 0, 0, 0, 0, 0, 0]

    told = ask(toy(vectors), np.array([1, 3, 5]), np.array([0]), CARD)
    taken_out = ask_without_own(toy(vectors), np.array([1, 3, 5]), np.array([0]), CARD)

    assert ([0, 1, 2], [1, 2, -1]) == (
        told.candidates[0, :3].tolist(),
        taken_out.candidates[0, :3].tolist(),
    )
    assert [True] == taken_out.named.tolist()
    assert [[3, 1]] == taken_out.pictures.tolist()


def test_all_other_runs_are_references():
    """Facings 0 and 1 are asked of 2, 2 of 0 and 1; who has no other run is not asked for."""
    answers = all_other_runs(perfect(), EVERYTHING, CARD)

    assert [0, 1, 2, 3, 4] == sorted(answers.asked.tolist())
    assert answers.right.all()


def test_draws_are_the_same_every_time():
    """Embedders are compared on the same references."""
    one, other = (shelf_to_shelf(perfect(), EVERYTHING, CARD)[0] for _ in range(2))

    assert one.pictures.tolist() == other.pictures.tolist()
