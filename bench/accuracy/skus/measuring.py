"""All questions put to all judges, group by group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy.judging import Verdict
from bench.accuracy.skus.answers import Answers, joined
from bench.accuracy.skus.counting import SCENES, SceneCount, scene_count
from bench.accuracy.skus.draws import all_other_runs, shelf_to_shelf, unseen
from bench.accuracy.skus.groups import Group, Judge
from bench.accuracy.skus.items import Embedded, Items, embedded
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


def _judged(
    folder: Path, groups: Iterable[Group], truth: Truth, runtime: Runtime
) -> list[Measured]:
    model = runtime.load(folder)
    embedder = Embedder(model, model.card)
    shelves, single = embedded(truth.facings, embedder), embedded(truth.products, embedder)
    return [_of_group(group, truth, embedder, shelves, single) for group in groups]


def _of_group(
    group: Group, truth: Truth, embedder: Embedder, shelves: Embedded, single: Embedded
) -> Measured:
    card = embedder.card
    on_shelf = np.array([scene in group.scenes for scene in truth.facings.scenes])
    of_sku = np.array([truth.products.names[sku] in group.skus for sku in truth.products.skus])
    known, strange = shelf_to_shelf(shelves, on_shelf, card)
    return Measured(
        one_shot=unseen(single, of_sku, card, shots=1),
        many_shot=unseen(single, of_sku, card, shots=MANY),
        known=known,
        strange=strange,
        all_runs=all_other_runs(shelves, on_shelf, card),
        counts=[
            scene_count(own, shelves, embedder)
            for scene in SCENES
            if scene in group.scenes
            and (own := [look for look in truth.looks if look.photo.scene == scene])
        ],
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
