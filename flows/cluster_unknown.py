"""Put unknown facings to those that look alike, across scenes: they show the same product."""

from prefect import flow, get_run_logger

from flows.resources import Resources, now, resources
from inference.clusters import cluster, rank_pictures
from inference.types import Floats
from inference.vectors import from_facts, from_records
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
    former = from_records([one.vector for one in known], vectors.shape[1])
    labels, centres = cluster(vectors, former, same=same)
    ranks = rank_pictures(vectors, labels, centres, PICTURES)
    ids = [one.product_id for one in known] + [None] * (len(centres) - len(known))
    moved = _moved(members, labels.tolist(), ranks.tolist(), ids)
    with tools.records.transaction() as tx:
        if unknown.centres(tx, key) != known:
            return None
        made = [Centre(i, c.tobytes()) for i, c in zip(ids, centres, strict=True)]
        unknown.save(tx, key, made, moved, now=now())
    return len(members), len(set(labels.tolist()))


def _embedded(tools: Resources, members: list[Member], key: str) -> tuple[list[Member], Floats]:
    """The facings that this embedder saw, with what it saw."""
    stored = facings.vectors(tools.objects, members, key)
    mine = [one for one in members if (one.scene_id, one.facing_id) in stored]
    seen = [stored[one.scene_id, one.facing_id] for one in mine]
    return mine, from_facts(seen, tools.embedder_card.dimensions)


def _moved(
    members: list[Member], labels: list[int], ranks: list[int], ids: list[int | None]
) -> list[Place]:
    """The facings whose place is another than before."""
    places = zip(members, labels, ranks, strict=True)
    told = [(one, at, None if rank < 0 else rank) for one, at, rank in places]
    return [
        (one.doubt_id, at, rank)
        for one, at, rank in told
        if ids[at] is None or (one.product_id, one.rank) != (ids[at], rank)
    ]
