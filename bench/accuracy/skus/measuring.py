"""All questions put to all judges, group by group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.accuracy.judging import Verdict
from bench.accuracy.skus.answers import Answers, joined
from bench.accuracy.skus.colours import by_colours
from bench.accuracy.skus.counting import SCENES, SceneCount, scene_count
from bench.accuracy.skus.curves import Asked, cross_fitted, rate
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


@dataclass(frozen=True, eq=False)
class Judged:
    """A group and what its judge makes of all pictures."""

    group: Group
    embedder: Embedder
    facings: Embedded
    products: Embedded

    def asked(self) -> Asked:
        """What the judge answers to the facings of the group, rated by its own card."""
        scenes = self.facings.items.scenes
        own = np.array([scene in self.group.scenes for scene in scenes])
        return Asked(*shelf_to_shelf(self.facings, own, self.embedder.card))


def judged(judges: Sequence[Judge], truth: Truth, runtime: Runtime) -> list[Judged]:
    """Let every judge look at all pictures, once for each of its groups."""
    return [one for judge in judges for one in _looked(judge, truth, runtime)]


def measured(seen: Sequence[Judged], truth: Truth) -> Measured:
    """Ask for every group, and rate the answers as the answers to the other groups teach."""
    asked = [one.asked() for one in seen]
    cards = cross_fitted([one.embedder.card for one in seen], asked)
    return _together(
        replace(
            _of_group(one.group, one.facings, one.products, card, rate(answers, card)),
            counts=_counts(one, truth.looks, card),
        )
        for one, answers, card in zip(seen, asked, cards, strict=True)
    )


def peer(groups: Iterable[Group], truth: Truth, card: EmbedderCard) -> Measured:
    """Ask the colours alone; what is named means nothing, as confidence is that of a card."""
    shelves, single = by_colours(truth.facings), by_colours(truth.products)
    every = list(groups)
    scenes = [np.array([scene in one.scenes for scene in truth.facings.scenes]) for one in every]
    return _together(
        _of_group(group, shelves, single, card, Asked(*shelf_to_shelf(shelves, own, card)))
        for group, own in zip(every, scenes, strict=True)
    )


def _looked(judge: Judge, truth: Truth, runtime: Runtime) -> Iterator[Judged]:
    model = runtime.load(judge.folder)
    embedder = Embedder(model, model.card)
    shelves, single = embedded(truth.facings, embedder), embedded(truth.products, embedder)
    for group in judge.groups:
        yield Judged(group, embedder, shelves, single)


def _counts(one: Judged, looks: Sequence[Verdict], card: EmbedderCard) -> list[SceneCount]:
    """Count the facings of the group's scenes."""
    of_scene = [[look for look in looks if look.photo.scene == scene] for scene in SCENES]
    return [
        scene_count(own, one.facings, one.embedder, card)
        for own in of_scene
        if own and own[0].photo.scene in one.group.scenes
    ]


def _of_group(
    group: Group,
    shelves: Embedded,
    single: Embedded,
    card: EmbedderCard,
    asked: Asked,
) -> Measured:
    items, photos = shelves.items, single.items
    on_shelf = np.array([scene in group.scenes for scene in items.scenes])
    of_sku = np.array([photos.names[sku] in group.skus for sku in photos.skus])
    return Measured(
        one_shot=unseen(single, of_sku, card, shots=1),
        many_shot=unseen(single, of_sku, card, shots=MANY),
        known=asked.known,
        strange=asked.strange,
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
