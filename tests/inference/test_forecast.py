"""What references tell of the recognition to come."""

import numpy as np
import pytest

from inference.card import EmbedderCard, EmbedderInput, EmbedderOutput
from inference.card import EmbedderThresholds as Thresholds
from inference.confidence import Confidence
from inference.forecast import prospect
from inference.gallery import Gallery, load_gallery

CARD = EmbedderCard(
    name="e",
    version="1",
    licence="x",
    origin="x",
    files={},
    input=EmbedderInput(width=96, height=128),
    output=EmbedderOutput(dimensions=4),
    thresholds=Thresholds(match=0.6, ambiguous=0.5),
    confidence=Confidence(intercept=-3.0, cosine=3.0, margin=10.0, runner_up=0.2, typical=0.6),
)


def near(axis: int, *, beside: int = 3, cosine: float = 1.0) -> np.ndarray:
    """A vector of length 1 at this cosine to an axis, towards another one."""
    vector = np.zeros(4, np.float32)
    vector[axis], vector[beside] = cosine, vector[beside] + np.sqrt(1 - cosine**2)
    return vector


def gallery(**references: list[np.ndarray]) -> Gallery:
    """SKUs sku_1, sku_2 ... with their references."""
    ids = [int(name[4:]) for name, vectors in references.items() for _ in vectors]
    return Gallery(np.array(ids), np.stack([v for one in references.values() for v in one]))


def test_references_that_find_each_other_are_recall():
    """Two views that are alike are named by each other, a third one is not."""
    views = [near(0), near(0, cosine=0.9), near(1)]
    found = prospect(gallery(sku_1=views, sku_2=[near(2)]), 1, CARD)

    assert (3, pytest.approx(2 / 3)) == (found.references, found.recall)


def test_a_nearer_stranger_costs_recall():
    """A reference that another SKU is nearer to would get the wrong name."""
    views, stranger = [near(0), near(0, cosine=0.8)], near(0, cosine=0.81)
    before = prospect(gallery(sku_1=views, sku_2=[near(2)]), 1, CARD)
    after = prospect(gallery(sku_1=views, sku_2=[stranger]), 1, CARD)

    assert (1.0, 0.0) == (before.recall, after.recall)


@pytest.mark.parametrize("views", [[near(0)], [near(0), near(0)]], ids=["one", "the same twice"])
def test_one_reference_tells_no_recall(views: list[np.ndarray]):
    """Nor does the same picture again."""
    assert prospect(gallery(sku_1=views, sku_2=[near(2)]), 1, CARD).recall is None


def test_what_looks_alike_is_listed():
    """The most alike first; what is told apart is not listed."""
    found = prospect(
        gallery(
            sku_5=[near(0)],
            sku_1=[near(0, cosine=0.9), near(2)],
            sku_2=[near(0, cosine=0.97)],
            sku_3=[near(0, cosine=0.3)],
        ),
        5,
        CARD,
    )

    assert [(2, 0.97), (1, 0.9)] == found.confusions


def test_who_would_be_named_instead_is_listed():
    """A reference that another SKU is nearest to names it, however far that is."""
    found = prospect(gallery(sku_1=[near(0), near(1)], sku_2=[near(0, cosine=0.4)]), 1, CARD)

    assert (0.0, [(2, 0.4)]) == (found.recall, found.confusions)


def test_confusion_is_mutual():
    """Each of two lookalikes is told of the other."""
    both = gallery(sku_1=[near(0)], sku_2=[near(0, cosine=0.95)])

    assert [2] == [sku for sku, _ in prospect(both, 1, CARD).confusions]
    assert [1] == [sku for sku, _ in prospect(both, 2, CARD).confusions]


def test_a_sku_alone_is_confused_with_nothing():
    """Its own references are all there is."""
    found = prospect(gallery(sku_1=[near(0), near(0, cosine=0.9)]), 1, CARD)

    assert (1.0, []) == (found.recall, found.confusions)


@pytest.mark.parametrize("others", [gallery(sku_2=[near(0)]), load_gallery([])])
def test_without_references_there_is_no_prospect(others: Gallery):
    """Nothing to look up."""
    found = prospect(others, 1, CARD)

    assert (0, None, []) == (found.references, found.recall, found.confusions)
