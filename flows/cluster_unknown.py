"""Put unknown facings to those that look alike, across scenes: they show the same product."""

import numpy as np
from prefect import flow, get_run_logger

from flows.resources import Resources, now, resources
from inference.clusters import cluster, typical_and_different
from inference.types import Floats, Ids
from storage import facings, unknown
from storage.unknown import PICTURES, Centre, Member
from storage.work import CLUSTER_UNKNOWN

NEWEST = 100_000  # facings that take part; older ones keep their places

Place = tuple[int, int, int | None]  # doubt, row of the centres, rank


@flow(name=CLUSTER_UNKNOWN, persist_result=False)
def cluster_unknown() -> None:
    """Bring the unknown products up to date; does nothing when no facing is new."""
    found = update_products(resources())
    if found is not None:
        get_run_logger().info("%d facings, %d products", *found)


def update_products(tools: Resources) -> tuple[int, int] | None:
    """Cluster, starting from the products there are, so that they keep their ids.

    Returns:
        facings and products; None when nothing is new, or another run was faster.
    """
    key, same = tools.embedder_key, tools.embedder_card.thresholds.same
    with tools.records.reading() as tx:
        members, known = unknown.members(tx, limit=NEWEST), unknown.centres(tx, key)
    if not _embedded(tools, [one for one in members if one.product_id is None], key)[0]:
        return None
    members, vectors = _embedded(tools, members, key)
    labels, centres = cluster(vectors, _stack(known, vectors), same=same)
    ranks = _rank(vectors, labels, centres)
    ids = [one.product_id for one in known] + [None] * (len(centres) - len(known))
    moved = _moved(members, labels, ranks, ids)
    with tools.records.transaction() as tx:
        if unknown.centres(tx, key) != known:
            return None
        made = [Centre(i, c.tobytes()) for i, c in zip(ids, centres, strict=True)]
        unknown.save(tx, key, made, moved, now=now())
    return len(members), len(np.unique(labels))


def _embedded(tools: Resources, members: list[Member], key: str) -> tuple[list[Member], Floats]:
    """The facings that this embedder saw, with what it saw."""
    stored = facings.vectors(tools.objects, members, key)
    mine = [one for one in members if (one.scene_id, one.facing_id) in stored]
    joined = b"".join(stored[one.scene_id, one.facing_id] for one in mine)
    dimensions = tools.embedder_card.output.dimensions
    return mine, np.frombuffer(joined, "<f2").astype(np.float32).reshape(-1, dimensions)


def _stack(known: list[Centre], vectors: Floats) -> Floats:
    joined = b"".join(centre.vector for centre in known)
    return np.frombuffer(joined, np.float32).reshape(-1, vectors.shape[1])


def _rank(vectors: Floats, labels: Ids, centres: Floats) -> Ids:
    """(n,) place of each facing among the pictures of its product; -1 = it is not shown."""
    ranks = np.full(len(labels), -1, np.int64)
    order = np.argsort(labels, kind="stable")
    found, starts = np.unique(labels[order], return_index=True)
    for label, rows in zip(found, np.split(order, starts[1:]), strict=False):
        chosen = typical_and_different(vectors[rows], centres[label], PICTURES)
        ranks[rows[chosen]] = np.arange(len(chosen))
    return ranks


def _moved(members: list[Member], labels: Ids, ranks: Ids, ids: list[int | None]) -> list[Place]:
    """The facings whose place is another than before."""
    places = zip(members, labels.tolist(), ranks.tolist(), strict=True)
    told = [(one, at, None if rank < 0 else rank) for one, at, rank in places]
    return [
        (one.doubt_id, at, rank)
        for one, at, rank in told
        if ids[at] is None or (one.product_id, one.rank) != (ids[at], rank)
    ]
