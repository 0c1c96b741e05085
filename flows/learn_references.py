"""Confirmed facings become references: of each SKU those that show most that is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from flows.resources import Resources, now
from inference.clusters import most_different
from inference.types import Floats
from storage import confirmations, facings, galleries, references, scenes, sku_choices
from storage.confirmations import Confirmation
from storage.records import Transaction

PER_SKU = 5  # references that come from shelves; more of them tell little that is new
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
        known = _vectors_by_sku(galleries.vectors(tx, tools.embedder_key))
    seen = _vectors(tools, waiting)
    by_sku = {sku: list(own) for sku, own in groupby(waiting, key=lambda one: one.sku_id or 0)}
    with tools.records.transaction() as tx:
        names = sku_choices.by_ids(tx, list(by_sku))
        made = [
            _choose(tx, names[sku_id].name, sku_id, own, seen, known.get(sku_id, []))
            for sku_id, own in by_sku.items()
        ]
        for one in (one for learned in made for one in learned.chosen if not dry_run):
            confirmations.learn_one(tx, one, source=references.FACING, now=now())
    return made


def _choose(  # noqa: PLR0913, PLR0917 - one step of the story above
    tx: Transaction,
    name: str,
    sku_id: int,
    waiting: list[Confirmation],
    seen: dict[int, Floats],
    known: list[Floats],
) -> Learned:
    """Fill the SKU up to its limit, with what is unlike all it is known by."""
    had = sum(reference.source in SHELVES for reference in references.of_sku(tx, sku_id))
    room = max(0, PER_SKU - had)
    comparable = [one for one in waiting if one.id in seen]
    vectors = [seen[one.id] for one in comparable]
    best = most_different(_stack(vectors), _stack(known), room) if vectors else []
    others = [one for one in waiting if one.id not in seen]  # of another embedder: the newest
    chosen = [*(comparable[row] for row in best), *others][:room]
    return Learned(sku_id, name, had, chosen, left=len(waiting) - len(chosen))


def _vectors(tools: Resources, waiting: Sequence[Confirmation]) -> dict[int, Floats]:
    """What this embedder saw in confirmed facings, by confirmation."""
    with tools.records.reading() as tx:
        found = {one.scene_id: scenes.get(tx, one.scene_id) for one in waiting}
    current = [o for o in waiting if found[o.scene_id].facts_revision == o.facts_revision]
    refs = [facings.refer(found[one.scene_id], one.facing_id) for one in current]
    stored = facings.vectors(tools.objects, refs, tools.embedder_key)
    keys = {one.id: (one.scene_id, one.facing_id) for one in current}
    return {
        one: np.frombuffer(stored[key], "<f2").astype(np.float32)
        for one, key in keys.items()
        if key in stored
    }


def _vectors_by_sku(stored: Sequence[tuple[int, bytes]]) -> dict[int, list[Floats]]:
    by_sku: dict[int, list[Floats]] = {}
    for sku_id, vector in stored:
        by_sku.setdefault(sku_id, []).append(np.frombuffer(vector, np.float32))
    return by_sku


def _stack(vectors: list[Floats]) -> Floats:
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)
