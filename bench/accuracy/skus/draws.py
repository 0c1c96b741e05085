"""References drawn at random, many times over; what is no reference is asked for.

Seeds are fixed, so all embedders are compared on the same draws.
"""

import numpy as np

from bench.accuracy.skus.answers import Answers, ask, ask_without_own, joined
from bench.accuracy.skus.items import Embedded
from inference.card import EmbedderCard
from inference.types import Flags, Ids

DRAWS = 100
STRANGE_EVERY = 4  # draws; each asks for every facing, without its SKU


def unseen(every: Embedded, judged: Flags, card: EmbedderCard, shots: int) -> Answers:
    """Ask a gallery of the judged SKUs alone, so many photos each, for all their other photos.

    Args:
        every: product photos.
        judged: (n,) those of the group.
        card: of the embedder.
        shots: references per SKU.
    """
    rng = np.random.default_rng(0)
    own, parts = np.flatnonzero(judged), list[Answers]()
    for _ in range(DRAWS):
        references = _drawn(rng, every.items.skus, own, shots)
        parts.append(ask(every, references, np.setdiff1d(own, references), card))
    return joined(parts)


def shelf_to_shelf(every: Embedded, judged: Flags, card: EmbedderCard) -> tuple[Answers, Answers]:
    """Ask a gallery of all SKUs of all photos, one facing each, for facings of other runs.

    A facing is asked for when the reference of its SKU in this draw is of another run (`runs`): in
    another photo of the chain, or elsewhere on the shelves of this one.

    Args:
        every: facings of all photos.
        judged: (n,) those of the group, the only ones asked for.
        card: of the embedder.

    Returns:
        The answers; and those to all judged facings when their own SKU is not in the gallery,
        one SKU left out at a time.
    """
    rng = np.random.default_rng(0)
    items = every.items
    known, strange = list[Answers](), list[Answers]()
    for draw in range(DRAWS):
        references = _drawn(rng, items.skus, np.arange(len(items.skus)), shots=1)
        other_run = items.runs[references][items.skus] != items.runs  # one reference per SKU
        known.append(ask(every, references, np.flatnonzero(judged & other_run), card))
        if draw % STRANGE_EVERY == 0:
            strange.append(ask_without_own(every, references, np.flatnonzero(judged), card))
    return joined(known), joined(strange)


def all_other_runs(every: Embedded, judged: Flags, card: EmbedderCard) -> Answers:
    """Ask for every facing a gallery of all facings but those of its run."""
    items, parts = every.items, list[Answers]()
    for run in np.unique(items.runs[judged]):
        own = items.runs == run
        asked, references = np.flatnonzero(own), np.flatnonzero(~own)
        if items.skus[asked[0]] in items.skus[references]:
            parts.append(ask(every, references, asked, card))
    return joined(parts)


def _drawn(rng: np.random.Generator, skus: Ids, among: Ids, shots: int) -> Ids:
    """Draw so many different items of every SKU; in the order of the SKUs."""
    shuffled = rng.permutation(among)
    by_sku = shuffled[np.argsort(skus[shuffled], kind="stable")]
    starts = np.unique(skus[by_sku], return_index=True)[1]
    return (by_sku[starts[:, None] + np.arange(shots)]).ravel()
