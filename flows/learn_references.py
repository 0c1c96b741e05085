"""Confirmed facings become references: of each SKU those that show most that is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flows.resources import Resources, now
from inference.clusters import most_different
from inference.vectors import from_facts, from_records
from storage import catalog, confirmations, facings, galleries, references, scenes
from storage.confirmations import Confirmation
from storage.records import Transaction

PER_SKU = 5  # references that come from shelves; more of them tell little that is new
HALF = 2  # bytes of a number in the facts
SHELVES = (references.FACING, references.UNKNOWN)  # sources that count


@dataclass(frozen=True)
class Learned:
    """What a SKU learned."""

    sku_id: int
    name: str
    had: int  # references from shelves before
    chosen: list[Confirmation]
    left: int  # confirmed facings that are not needed


def learn_references(tools: Resources, *, dry_run: bool = False) -> list[Learned]:
    """Let every SKU learn from its confirmed facings; by SKU.

    A facing is learned once: when its reference is removed later, it does not come back.

    Args:
        dry_run: choose, and change nothing.
    """
    with tools.records.reading() as tx:
        waiting = confirmations.to_learn(tx)
        by_sku = {sku: list(own) for sku, own in groupby(waiting, key=lambda one: one.sku_id or 0)}
        known = _by_sku(galleries.vectors(tx, tools.embedder_key))
        names = catalog.names(tx, by_sku)
        had = {sku_id: _count(tx, sku_id) for sku_id in by_sku}
    seen = _seen(tools, waiting)
    made: list[Learned] = []
    for sku_id, own in by_sku.items():
        room = max(0, PER_SKU - had[sku_id])
        chosen = _choose(own, seen, known.get(sku_id, []), room)
        left = len(own) - len(chosen)
        made.append(Learned(sku_id, names[sku_id], had[sku_id], chosen, left))
    if not dry_run:
        _learn(tools, [one for learned in made for one in learned.chosen])
    return made


def _learn(tools: Resources, chosen: Sequence[Confirmation]) -> None:
    """Make references of the chosen facings, but of those that were answered anew meanwhile."""
    with tools.records.transaction() as tx:
        unchanged = {(one.id, one.sku_id) for one in confirmations.to_learn(tx)}
        for one in chosen:
            if (one.id, one.sku_id) in unchanged:
                confirmations.learn_one(tx, one, source=references.FACING, now=now())


def _count(tx: Transaction, sku_id: int) -> int:
    """Count the references that come from shelves."""
    return sum(reference.source in SHELVES for reference in references.of_sku(tx, sku_id))


def _choose(
    waiting: list[Confirmation], seen: dict[int, bytes], known: list[bytes], room: int
) -> list[Confirmation]:
    """Choose what is unlike all the SKU is known by; of another embedder the newest, and last."""
    comparable = [one for one in waiting if one.id in seen]
    others = [one for one in waiting if one.id not in seen]
    if not comparable:
        return others[:room]
    stored = [seen[one.id] for one in comparable]
    dimensions = len(stored[0]) // HALF
    vectors, likes = from_facts(stored, dimensions), from_records(known, dimensions)
    best = most_different(vectors, likes, room).tolist()
    return [*(comparable[row] for row in best), *others][:room]


def _seen(tools: Resources, waiting: Sequence[Confirmation]) -> dict[int, bytes]:
    """What this embedder saw in confirmed facings, by confirmation."""
    with tools.records.reading() as tx:
        found = {one.scene_id: scenes.get(tx, one.scene_id) for one in waiting}
    current = [o for o in waiting if found[o.scene_id].facts_revision == o.facts_revision]
    refs = [facings.refer(found[one.scene_id], one.facing_id) for one in current]
    stored = facings.vectors(tools.objects, refs, tools.embedder_key)
    keys = {one.id: (one.scene_id, one.facing_id) for one in current}
    return {one: stored[key] for one, key in keys.items() if key in stored}


def _by_sku(stored: Sequence[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    by_sku: dict[int, list[bytes]] = {}
    for sku_id, vector in stored:
        by_sku.setdefault(sku_id, []).append(vector)
    return by_sku
