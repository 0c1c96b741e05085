"""Embeddings that show the same product."""

import numpy as np
import pytest

from inference.clusters import cluster, most_different, typical_and_different
from inference.types import Floats, Ids
from inference.vectors import normalise

NONE = np.zeros((0, 16), np.float32)
SAME = 0.75


def products(count: int, each: int, *, noise: float = 0.3, seed: int = 0) -> tuple[Floats, Ids]:
    """Views of products in random order, and which product each shows."""
    random = np.random.default_rng(seed)
    shown = random.permutation(np.repeat(np.arange(count), each))
    centres = np.linalg.qr(random.normal(size=(16, 16)))[0][:count]
    views = centres[shown] + noise * random.normal(size=(len(shown), 16)) / 4
    return normalise(views.astype(np.float32)), shown


def same_split(first: Ids, second: Ids) -> bool:
    """Whether two labellings put the same things together."""
    return bool(((first[:, None] == first) == (second[:, None] == second)).all())


def test_views_of_a_product_come_together():
    """And no others."""
    vectors, shown = products(12, 20)
    labels, centres = cluster(vectors, NONE, same=SAME)

    assert same_split(shown, labels)
    assert 12 == len(centres)
    assert np.allclose(1, np.linalg.norm(centres, axis=1), atol=1e-5)


def test_the_same_input_gives_the_same_output():
    """Bit for bit."""
    vectors, _ = products(9, 30, noise=0.9)
    first, second = (cluster(vectors, NONE, same=SAME) for _ in range(2))

    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()


def test_known_clusters_keep_their_numbers():
    """What is new comes behind them."""
    vectors, shown = products(12, 20)
    old, new = vectors[shown < 7], vectors
    before, centres = cluster(old, NONE, same=SAME)
    after, grown = cluster(new, centres, same=SAME)

    assert (before == after[shown < 7]).all()
    assert (7, 12) == (len(centres), len(grown))
    assert after[shown >= 7].min() == 7


def test_a_cluster_without_members_stays_where_it_was():
    """Its number is not given to others."""
    vectors, shown = products(3, 5)
    _, centres = cluster(vectors[shown == 0], NONE, same=SAME)
    labels, grown = cluster(vectors[shown == 1], centres, same=SAME)

    assert {1} == set(labels.tolist())
    assert (centres[0] == grown[0]).all()


def test_many_blocks_are_like_one(monkeypatch: pytest.MonkeyPatch):
    """What is compared at a time is a matter of memory only."""
    vectors, shown = products(10, 30)
    monkeypatch.setattr("inference.clusters._BLOCK", 7)

    assert same_split(shown, cluster(vectors, NONE, same=SAME)[0])


def test_a_row_of_look_alikes_is_not_one_product():
    """Each is near its neighbours, the ends are far apart."""
    angles = np.linspace(0, 3, 60)
    chain = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    labels, centres = cluster(chain, np.zeros((0, 2), np.float32), same=0.9)

    assert len(set(labels.tolist())) >= 3
    assert (chain * centres[labels]).sum(axis=1).min() > 0.8


def test_nothing_is_clustered_of_nothing():
    """And known centres stay."""
    labels, centres = cluster(NONE, NONE, same=SAME)
    assert (0, 0) == (len(labels), len(centres))
    known = products(2, 1)[0]
    assert (known == cluster(NONE, known, same=SAME)[1]).all()


def circle(*degrees: float) -> Floats:
    """Vectors at these angles."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_most_different_are_chosen_one_by_one():
    """Each unlike what is known and what was chosen before."""
    assert [3, 1] == most_different(circle(0, 50, 55, 100), circle(0), 2).tolist()
    assert [0, 1] == most_different(circle(10, 90), circle()[:, :1].reshape(0, 2), 5).tolist()
    assert [] == most_different(circle(10, 90), circle(0), 0).tolist()


def test_pictures_of_a_cluster_are_typical_then_different():
    """What is far from the centre is not shown: it may not belong."""
    vectors = circle(-20, -2, 0, 3, 12, 70, 80)
    chosen = typical_and_different(vectors, circle(0)[0], 2)

    assert [2, 4] == chosen.tolist()
    assert 3 == len(typical_and_different(circle(0, 1, 90), circle(0)[0], 5))
    assert [0] == typical_and_different(circle(5), circle(0)[0], 5).tolist()
