"""Embeddings that show the same product, found without knowing any: spherical DP-means.

Every vector joins the nearest centre, unless none is near enough: then it becomes a centre itself.
Then centres move to the mean of their members, and all are asked again. Unlike k-means it needs no
number of clusters, unlike single linkage it does not chain a row of look-alikes into one product,
and it can go on from the centres of an earlier run, which therefore keep their numbers.

Source: Kulis and Jordan, Revisiting k-means: New Algorithms via Bayesian Nonparametrics, 2012,
algorithm 1, with cosines in place of squared distances.
"""

import numpy as np

from inference.types import Floats, Ids
from inference.vectors import normalise

PASSES = 3  # over all vectors, at most; later ones move few
_BLOCK = 1024  # vectors compared at a time
_NONE = -2.0  # lower than any cosine


def cluster(vectors: Floats, centres: Floats, *, same: float) -> tuple[Ids, Floats]:
    """Sort vectors into clusters; the same input in the same order gives the same output.

    Args:
        vectors: (n, d) of length 1, the oldest first.
        centres: (k, d) of length 1, of an earlier run; none of them is dropped.
        same: lowest cosine to a centre at which a vector joins it.

    Returns:
        labels, (n,) rows of the centres; centres, (m, d), first the k that were given, moved.
        One that lost its members stays where it was.
    """
    labels = np.full(len(vectors), -1, np.int64)
    for _ in range(PASSES):
        before = labels
        labels, centres = _assign(vectors, centres, same)
        if (labels == before).all():
            break  # nobody moved, so no centre will
        centres = _means(vectors, labels, centres)
    return labels, centres


def rank_pictures(vectors: Floats, labels: Ids, centres: Floats, count: int) -> Ids:
    """Choose the pictures of every cluster, as `typical_and_different` does.

    Returns:
        (n,) place of each vector among the pictures of its cluster, from 0; -1 = it is none.
    """
    ranks = np.full(len(labels), -1, np.int64)
    order = np.argsort(labels, kind="stable")
    found, starts = np.unique(labels[order], return_index=True)
    for label, rows in zip(found, np.split(order, starts[1:]), strict=False):
        chosen = typical_and_different(vectors[rows], centres[label], count)
        ranks[rows[chosen]] = np.arange(len(chosen))
    return ranks


def typical_and_different(vectors: Floats, centre: Floats, count: int) -> Ids:
    """Choose pictures that show a cluster: the most typical one, then each unlike those before.

    They come from the half that is nearest to the centre: what is far out may not belong.

    Returns:
        (at most count,) rows of `vectors`.
    """
    nearness = vectors @ centre
    order = np.argsort(-nearness, kind="stable")
    inner = order[: max(count, (len(order) + 1) // 2)]
    return inner[most_different(vectors[inner], vectors[inner[:1]], count - 1, chosen=[0])]


def most_different(
    vectors: Floats, known: Floats, count: int, *, chosen: list[int] | None = None
) -> Ids:
    """Choose vectors one by one, each as unlike the known and the chosen ones as possible.

    Args:
        vectors: (n, d) of length 1.
        known: (k, d) what is there already.
        count: how many to choose.
        chosen: rows that are chosen already.

    Source: farthest-first traversal, Gonzalez, Clustering to minimize the maximum intercluster
    distance, 1985.
    """
    picked = list(chosen or [])
    nearest = (vectors @ known.T).max(axis=1) if len(known) else np.full(len(vectors), _NONE)
    nearest[picked] = np.inf
    for _ in range(min(count, len(vectors) - len(picked))):
        best = int(nearest.argmin())
        picked.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
        nearest[picked] = np.inf
    return np.array(picked, np.int64)


def _assign(vectors: Floats, centres: Floats, same: float) -> tuple[Ids, Floats]:
    """Let every vector join the nearest centre, or become one; block by block, in order."""
    labels, parts = [], [centres]
    for at in range(0, len(vectors), _BLOCK):
        block = vectors[at : at + _BLOCK]
        found, nearness = _nearest(block, parts)
        lonely = np.flatnonzero(nearness < same)
        leaders, followed = _lead(block[lonely], same)
        found[lonely] = sum(map(len, parts)) + followed
        parts.append(block[lonely[leaders]])
        labels.append(found)
    return np.concatenate(labels) if labels else np.zeros(0, np.int64), np.concatenate(parts)


def _nearest(block: Floats, parts: list[Floats]) -> tuple[Ids, Floats]:
    """(n,) row and cosine of the nearest centre."""
    centres = parts[0] = np.concatenate(parts)
    del parts[1:]
    if not len(centres):
        return np.full(len(block), -1, np.int64), np.full(len(block), _NONE)
    cosines = block @ centres.T
    best = cosines.argmax(axis=1)
    return best, cosines[np.arange(len(block)), best]


def _lead(lonely: Floats, same: float) -> tuple[Ids, Ids]:
    """Rows that become centres, and for each row the number of the centre it joins."""
    cosines = lonely @ lonely.T
    leaders: list[int] = []
    followed = np.full(len(lonely), -1, np.int64)
    nearness = np.full(len(lonely), _NONE)
    for row in range(len(lonely)):
        if nearness[row] < same:
            leaders.append(row)
            closer = cosines[row] > nearness
            closer[:row] = False  # who came before has joined already
            followed[closer], nearness[closer] = len(leaders) - 1, cosines[row][closer]
    return np.array(leaders, np.int64), followed


def _means(vectors: Floats, labels: Ids, centres: Floats) -> Floats:
    sums = np.zeros_like(centres)
    np.add.at(sums, labels, vectors)
    empty = np.bincount(labels, minlength=len(centres)) == 0
    sums[empty] = centres[empty]
    return normalise(sums)
