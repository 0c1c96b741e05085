"""How well a SKU will be recognised: what its references, looked up among all others, tell."""

from dataclasses import dataclass

import numpy as np

from inference.card import EmbedderCard
from inference.confidence import confidence
from inference.gallery import Gallery
from inference.types import Floats, Ids, Shortlists

CONFUSIONS = 5  # SKUs listed at most
_SAME_PICTURE = 1 - 1e-4  # cosine from which on two references are one picture
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Prospect:
    """What to expect of a SKU.

    Attributes:
        references: how many the gallery has of it.
        recall: 0-1, references that the others would name at the card's threshold; None = there
            are not two different ones.
        confusions: SKUs and the highest cosine between references of the two, the most alike
            first: those from which a typical facing would not be told apart surely enough, and
            those that are nearest to a reference when that is left out.
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
    nearest_own, nearest = _nearest_own(own)
    wrong = alike.argmax(axis=1)[alike.max(axis=1) >= nearest_own] if alike.size else _NONE
    return Prospect(
        references=len(own),
        recall=_recall(nearest_own, nearest, alike.max(axis=1, initial=-1.0), card),
        confusions=_confusions(gallery.skus[others], alike.max(axis=0, initial=-1.0), wrong, card),
    )


def _nearest_own(own: Floats) -> tuple[Floats, Ids]:
    """(n,) cosine of each reference to another one of the SKU, inf = there is no different one.

    Returns:
        Cosines, and the rows of the other ones.
    """
    if not len(own):
        return np.zeros(0, np.float32), _NONE
    cosines = own @ own.T
    different = cosines <= _SAME_PICTURE
    cosines = np.where(different, cosines, np.float32(-1))
    nearest = np.where(different.any(axis=1), cosines.max(axis=1), np.float32(np.inf))
    return nearest, cosines.argmax(axis=1)


def _recall(nearest_own: Floats, nearest: Ids, others: Floats, card: EmbedderCard) -> float | None:
    """Share of the references that are nearer to another own one than to any other SKU, surely.

    Args:
        nearest_own: (n,) cosine of each reference to another own one.
        nearest: (n,) row of that one.
        others: (n,) cosine of each reference to the nearest one of any other SKU.
        card: of the embedder.
    """
    judged = np.isfinite(nearest_own)
    if not judged.any():
        return None
    first, second = nearest_own[judged], others[judged]
    sure = _confidences(first, second, others[nearest[judged]], card) >= card.thresholds.match
    return float(np.mean((first > second) & sure))


def _confusions(
    skus: Ids, alike: Floats, wrong: Ids, card: EmbedderCard
) -> list[tuple[int, float]]:
    """SKUs that are told apart too little, or were the answer (columns `wrong`)."""
    typical = np.full(len(skus), card.confidence.typical, np.float32)
    listed = _confidences(typical, typical * alike, alike, card) < card.thresholds.match
    listed[wrong] = True
    order = np.lexsort((skus, -alike))
    chosen = order[listed[order]][:CONFUSIONS]
    return [(int(skus[at]), round(float(alike[at]), 4)) for at in chosen]


def _confidences(first: Floats, second: Floats, rivals: Floats, card: EmbedderCard) -> Floats:
    """Confidences of shortlists of two."""
    ids = np.tile([1, 2], (len(first), 1))
    scores = np.stack([first, second], axis=1)
    return confidence(Shortlists(ids, scores, rivals), card.confidence)
