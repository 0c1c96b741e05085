"""All questions put to all judges, group by group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.accuracy.judging import Verdict
from bench.accuracy.skus.answers import Answers, joined
from bench.accuracy.skus.colours import by_colours
from bench.accuracy.skus.counting import SCENES, SceneCount, scene_count
from bench.accuracy.skus.draws import all_other_runs, shelf_to_shelf, unseen
from bench.accuracy.skus.groups import Group, Judge
from bench.accuracy.skus.items import Embedded, Items, embedded
from inference.card import EmbedderCard
from inference.identify import Embedder
from inference.runtime import Runtime

MANY = 5  # reference photos of a SKU


@dataclass(frozen=True, eq=False)
class Truth:
    """What there is to judge on."""

    facings: Items
    products: Items
    looks: Sequence[Verdict]  # of a detector, on the photos whose facings are counted


@dataclass(frozen=True, eq=False)
class Measured:
    """All answers, each by an embedder that never saw the group."""

    one_shot: Answers
    many_shot: Answers
    known: Answers  # facings of which another run is in the gallery
    strange: Answers  # facings whose SKU is not
    all_runs: Answers
    counts: Sequence[SceneCount]


def measured(judges: Sequence[Judge], truth: Truth, runtime: Runtime) -> Measured:
    """Let every judge judge its groups."""
    return _together(
        part for judge in judges for part in _judged(judge.folder, judge.groups, truth, runtime)
    )


def peer(groups: Iterable[Group], truth: Truth, card: EmbedderCard) -> Measured:
    """Ask the colours alone; what is named means nothing, as confidence is that of a card."""
    shelves, single = by_colours(truth.facings), by_colours(truth.products)
    return _together(_of_group(group, shelves, single, card) for group in groups)


def _judged(
    folder: Path, groups: Iterable[Group], truth: Truth, runtime: Runtime
) -> Iterator[Measured]:
    model = runtime.load(folder)
    embedder = Embedder(model, model.card)
    shelves, single = embedded(truth.facings, embedder), embedded(truth.products, embedder)
    for group in groups:
        looks = [[look for look in truth.looks if look.photo.scene == scene] for scene in SCENES]
        counts = [
            scene_count(own, shelves, embedder)
            for own in looks
            if own[0].photo.scene in group.scenes
        ]
        yield replace(_of_group(group, shelves, single, embedder.card), counts=counts)


def _of_group(group: Group, shelves: Embedded, single: Embedded, card: EmbedderCard) -> Measured:
    items, photos = shelves.items, single.items
    on_shelf = np.array([scene in group.scenes for scene in items.scenes])
    of_sku = np.array([photos.names[sku] in group.skus for sku in photos.skus])
    known, strange = shelf_to_shelf(shelves, on_shelf, card)
    return Measured(
        one_shot=unseen(single, of_sku, card, shots=1),
        many_shot=unseen(single, of_sku, card, shots=MANY),
        known=known,
        strange=strange,
        all_runs=all_other_runs(shelves, on_shelf, card),
        counts=(),
    )


def _together(parts: Iterable[Measured]) -> Measured:
    every = list(parts)
    return Measured(
        one_shot=joined(part.one_shot for part in every),
        many_shot=joined(part.many_shot for part in every),
        known=joined(part.known for part in every),
        strange=joined(part.strange for part in every),
        all_runs=joined(part.all_runs for part in every),
        counts=[count for part in every for count in part.counts],
    )
