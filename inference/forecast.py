"""How well a SKU will be recognised: what its references, looked up among all others, tell."""

from dataclasses import dataclass

import numpy as np

from inference.card import EmbedderCard
from inference.confidence import confidence
from inference.gallery import Gallery
from inference.types import Floats, Ids, Shortlists

CONFUSIONS = 5  # SKUs listed at most
_SAME_PICTURE = 1 - 1e-4  # cosine from which on two references are one picture


@dataclass(frozen=True)
class Prospect:
    """What to expect of a SKU.

    Attributes:
        references: how many the gallery has of it.
        recall: 0-1, references that the others would name at the card's threshold; None = there
            are not two different ones.
        confusions: SKUs and the highest cosine between references of the two, the most alike
            first: those from which a typical facing would not be told apart surely enough.
    """

    references: int
    recall: float | None
    confusions: list[tuple[int, float]]


def prospect(gallery: Gallery, sku_id: int, card: EmbedderCard) -> Prospect:
    """Look every reference of a SKU up in the gallery, leaving out itself.

    A facing whose cosine to the SKU's reference is typical has, to a reference at cosine s from
    that one, a cosine of typical * s on average: what it shows besides lies across.
    """
    own = gallery.vectors[gallery.sku_ids == sku_id]
    others = gallery.skus != sku_id
    alike = gallery.best_of_skus(own)[:, others]
    return Prospect(
        references=len(own),
        recall=_recall(own, alike.max(axis=1, initial=-1.0), card),
        confusions=_confusions(gallery.skus[others], alike.max(axis=0, initial=-1.0), card),
    )


def _recall(own: Floats, others: Floats, card: EmbedderCard) -> float | None:
    """Share of the references that are nearer to another own one than to any other SKU, surely.

    Args:
        own: (n, dimensions) references of the SKU.
        others: (n,) cosine of each to the nearest reference of another SKU; -1 = there is none.
    """
    cosines = own @ own.T
    different = ~np.triu(cosines > _SAME_PICTURE, k=1).any(axis=0)
    if different.sum() <= 1:
        return None
    cosines = cosines[np.ix_(different, different)]
    np.fill_diagonal(cosines, -1.0)
    first, second = cosines.max(axis=1), others[different]
    sure = _confidences(first, second, card)
    return float(np.mean((first > second) & (sure >= card.thresholds.match)))


def _confusions(skus: Ids, alike: Floats, card: EmbedderCard) -> list[tuple[int, float]]:
    typical = np.full(len(skus), card.confidence.typical, np.float32)
    unsure = _confidences(typical, typical * alike, card) < card.thresholds.match
    order = np.lexsort((skus, -alike))
    chosen = order[unsure[order]][:CONFUSIONS]
    return [(int(skus[at]), round(float(alike[at]), 4)) for at in chosen] if len(chosen) else []


def _confidences(first: Floats, second: Floats, card: EmbedderCard) -> Floats:
    """Confidences of shortlists of two."""
    ids = np.tile([1, 2], (len(first), 1))
    return confidence(Shortlists(ids, np.stack([first, second], axis=1)), card.confidence)
